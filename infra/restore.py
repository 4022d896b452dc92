"""Restore a backup into the empty tables of a new stack (docs/operations.md, "Restoring").

python -m infra.restore FOLDER [--stack hoshi] [--endpoint http://localhost:4566]

`FOLDER/<table>/` holds what `infra.backup` or DynamoDB's export to S3 wrote. The tables must not
stream yet, or every item would be published and counted as new: deploy the foundation with
`Streams=false`. Items of an earlier version are upgraded on their way. Running it again writes the
same items again. `latest-posts`, which follows from the posts, stays empty.
"""

import argparse
import base64
import gzip
import json
import sys
from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from typing import Any

from infra.backup import tables
from infra.make_admin import configure
from infra.stored_models import models_by_table

_BATCH = 25  # DynamoDB's limit of items in one BatchWriteItem
_AT_ONCE = 16  # batches
# Better absent than late: feeds read the index of posts until an author's next post writes it.
LEFT_EMPTY = frozenset({"latest-posts"})


class Streaming(SystemExit):
    """Tables of the stack have streams already."""


def main() -> None:
    """Read the arguments and restore."""
    parser = argparse.ArgumentParser(prog="python -m infra.restore", description=__doc__)
    parser.add_argument("folder", type=Path, help="of the backup")
    parser.add_argument("--stack", default="hoshi", help="the deployment's name")
    parser.add_argument("--endpoint", help="of MiniStack or LocalStack")
    given = parser.parse_args()
    configure(given.stack, given.endpoint)
    sys.stdout.write(f"{restore(given.stack, given.folder)} items restored.\n")


def restore(stack: str, folder: Path) -> int:
    """Write the items of a backup into a stack's tables; return how many there are."""
    restored = [table for table in tables() if table not in LEFT_EMPTY]
    missing = [table for table in restored if not (folder / table).is_dir()]
    if missing:
        raise SystemExit(f"{folder} lacks {', '.join(missing)}: not a whole backup.")
    streaming = [table for table in tables() if _streams(f"{stack}-{table}")]
    if streaming:
        raise Streaming(
            f"{', '.join(streaming)} of {stack} have streams: every item would be published as new."
            " Deploy the foundation with Streams=false."
        )
    return sum(_restore(stack, table, folder / table) for table in restored)


def _streams(table: str) -> bool:
    from shared.aws.clients import client

    described = client("dynamodb").describe_table(TableName=table)["Table"]
    return bool(described.get("StreamSpecification", {}).get("StreamEnabled"))


def _restore(stack: str, table: str, folder: Path) -> int:
    from shared.dynamodb.tables import parallel_map, send_writes
    from shared.dynamodb.versions import upgraded

    upgrades = models_by_table()[table].upgrades
    written = 0

    def write(items: tuple[dict[str, Any], ...]) -> int:
        current = [upgraded(upgrades, item) for item in items]
        send_writes({f"{stack}-{table}": [{"PutRequest": {"Item": item}} for item in current]})
        return len(items)

    for some in batched(batched(read(folder), _BATCH, strict=False), _AT_ONCE, strict=False):
        written += sum(parallel_map(write, some))
    return written


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """The items of a table's folder, in DynamoDB's form."""
    for file in sorted(folder.rglob("*.json.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield {name: _value(value) for name, value in json.loads(line)["Item"].items()}


def _value(value: dict[str, Any]) -> dict[str, Any]:
    """A value in DynamoDB's form, whose binary parts the files hold as base64."""
    [(kind, content)] = value.items()
    if kind == "B":
        return {kind: base64.b64decode(content)}
    if kind == "BS":
        return {kind: [base64.b64decode(each) for each in content]}
    if kind == "L":
        return {kind: [_value(each) for each in content]}
    if kind == "M":
        return {kind: {name: _value(each) for name, each in content.items()}}
    return value


if __name__ == "__main__":
    main()
