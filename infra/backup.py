"""Write the items of every table into a folder, as DynamoDB's export to S3 would write them.

python -m infra.backup FOLDER [--stack hoshi] [--endpoint http://localhost:4566]
python -m infra.backup --tables        # the names of the tables that a backup holds

For an emulator and small deployments: it reads the tables while they are in use, one after another,
so that they may disagree about what happened meanwhile. On AWS `export-table-to-point-in-time`
exports all tables as of the same second, without reading them (docs/operations.md). Both give
`FOLDER/<table>/…/data/*.json.gz`, which `infra.restore` reads.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.make_admin import configure
from infra.templates import FOUNDATION, name_of, resources

# Sockets that are open at the moment: in another stack they lead nowhere.
OF_THE_MOMENT = {"connections", "user-sockets"}


def main() -> None:
    """Read the arguments and write the backup, or print the tables."""
    parser = argparse.ArgumentParser(prog="python -m infra.backup", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="which gets a folder for each table")
    parser.add_argument("--tables", action="store_true", help="print their names alone")
    parser.add_argument("--stack", default="hoshi", help="the deployment's name")
    parser.add_argument("--endpoint", help="of MiniStack or LocalStack")
    given = parser.parse_args()
    if given.tables or given.folder is None:
        sys.stdout.write("".join(f"{table}\n" for table in tables()))
        return
    configure(given.stack, given.endpoint)
    sys.stdout.write(f"{back_up(given.stack, given.folder)} items of {len(tables())} tables.\n")


def tables() -> list[str]:
    """The names, without the stack's, of the tables that a backup holds."""
    declared = resources(FOUNDATION, "AWS::DynamoDB::Table").values()
    return [name for each in declared if (name := name_of(each["TableName"])) not in OF_THE_MOMENT]


def back_up(stack: str, folder: Path) -> int:
    """Write all items of a stack's tables; return how many there are."""
    return sum(_write(f"{stack}-{table}", folder / table / "data") for table in tables())


def _write(table: str, folder: Path) -> int:
    """Write one table, a file for each page of at most 1 MB."""
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for number, items in enumerate(_pages(table)):
        lines = "".join(json.dumps({"Item": item}, default=_text) + "\n" for item in items)
        with gzip.open(folder / f"{number:06}.json.gz", "wt", encoding="utf-8") as file:
            file.write(lines)
        written += len(items)
    return written


def _pages(table: str) -> Iterator[list[dict[str, Any]]]:
    from shared.aws.clients import client

    for page in (
        client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    ):
        yield page["Items"]


def _text(binary: bytes) -> str:
    """The base64 of a binary value, as exports have it."""
    import base64

    return base64.b64encode(binary).decode()


if __name__ == "__main__":
    main()
