"""Store the items of an earlier version in the current one.

python -m infra.upgrade [--after PLACE] [--stack hoshi] [--endpoint http://localhost:4566]

Functions upgrade items where they read them, so nothing waits for this; but an index finds an item
by what is stored, and a step of `upgrades` can be dropped only when no item needs it. Every item is
looked at, whatever its version: after a rollback, an earlier version may have changed it. An item
is written on the condition that it is as it was read, so this can run beside all traffic, and
again. No event follows: both images of the change are read alike.
"""

import argparse
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from infra.make_admin import configure
from infra.passes import Item, Say, passed
from infra.stored_models import models_by_table

if TYPE_CHECKING:
    from shared.dynamodb.model import Table

_TRIES = 8


def main() -> None:
    """Read the arguments and upgrade."""
    parser = argparse.ArgumentParser(prog="python -m infra.upgrade", description=__doc__)
    parser.add_argument("--after", help="the place that an earlier run printed last")
    parser.add_argument("--stack", default="hoshi", help="the deployment's name")
    parser.add_argument("--endpoint", help="of MiniStack or LocalStack")
    given = parser.parse_args()
    configure(given.stack, given.endpoint)
    done = upgrade(changed_tables(), given.after, lambda line: sys.stderr.write(f"{line}\n"))
    sys.stdout.write(f"{done} items upgraded.\n")


def changed_tables() -> list[str]:
    """The tables whose items have changed their form."""
    return sorted(name for name, model in models_by_table().items() if model.upgrades)


def upgrade(tables: list[str], after: str | None = None, say: Say = lambda line: None) -> int:
    """Upgrade the stored items of these tables; return how many were written."""
    from shared.dynamodb.tables import parallel_map

    done = 0
    for table, items in passed(tables, after, say):
        done += sum(parallel_map(partial(_upgrade, models_by_table()[table]), items))
    return done


def _upgrade(model: "type[Table]", item: Item | None) -> bool:
    """Store an item in the current version; return whether that changed it."""
    for _ in range(_TRIES):
        if item is None:  # removed meanwhile
            return False
        current = _current(model, item)
        if current == item:
            return False
        if _replace(model, item, current):
            return True
        item = _read(model, item)
    raise SystemExit(f"an item of {model.Meta.table_name} changes too often: run this again")


def _current(model: "type[Table]", item: Item) -> Item:
    """The item after all steps, whatever it says of its version."""
    from shared.dynamodb.versions import VERSION, upgraded

    return upgraded(
        model.upgrades, {name: value for name, value in item.items() if name != VERSION}
    )


def _replace(model: "type[Table]", before: Item, after: Item) -> bool:
    """Write what differs if the stored item is as it was `before`; return whether it was."""
    from botocore.exceptions import ClientError

    from shared.aws.clients import client

    keys = model.key_names()
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    names = sorted({*before, *changed} - {*keys})
    place = {name: index for index, name in enumerate(names)}
    values: Item = {f":n{place[name]}": before[name] for name in names if name in before}
    values |= {f":c{place[name]}": value for name, value in changed.items()}
    conditions = [
        f"#n{index} = :n{index}" if name in before else f"attribute_not_exists(#n{index})"
        for index, name in enumerate(names)
    ]
    try:
        client("dynamodb").update_item(
            TableName=model.Meta.table_name,
            Key={name: before[name] for name in keys},
            UpdateExpression="SET "
            + ", ".join(f"#n{place[name]} = :c{place[name]}" for name in changed),
            ConditionExpression=" AND ".join([f"attribute_exists({keys[0]})", *conditions]),
            ExpressionAttributeNames={f"#n{index}": name for index, name in enumerate(names)},
            ExpressionAttributeValues=values,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _read(model: "type[Table]", item: Item) -> Item | None:
    from shared.aws.clients import client

    answer: Any = client("dynamodb").get_item(
        TableName=model.Meta.table_name,
        Key={name: item[name] for name in model.key_names()},
        ConsistentRead=True,
    )
    found: Item | None = answer.get("Item")
    return found


if __name__ == "__main__":
    main()
