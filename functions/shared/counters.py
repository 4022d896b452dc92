"""Exact counters, folded from a stream (design section 4, rule 3).

Each counter is fed by one partition of one table, whose changes arrive in order. A batch becomes
one UpdateItem per counted item: `ADD like_count :n SET like_seq = :last` where `like_seq < :first`.
The sequence numbers tell a replayed or overlapping batch, of which only the unseen part is added.
They are kept as 40 digits with leading zeros, so that comparing the texts compares the numbers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.aws import client
from shared.tables import Table

if TYPE_CHECKING:
    from shared.streams import Change

_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Counter:
    """Counters of `target` items that the changes of one table feed.

    `deltas` tells what a change adds: `{"like_count": 1}`; `{}` for nothing. `target_key` is the
    key of the item that is counted on, and `sequence` the attribute that remembers what was
    counted.
    """

    target: type[Table]
    sequence: str
    target_key: Callable[["Change[Any]"], str]
    deltas: Callable[["Change[Any]"], dict[str, int]]


def apply(counter: Counter, changes: Sequence["Change[Any]"]) -> None:
    """Count `changes`, which are in the order of the stream. Safe to call again with any of
    them."""
    per_item: dict[str, list[tuple[str, dict[str, int]]]] = {}
    for change in changes:
        deltas = counter.deltas(change)
        if deltas:
            steps = per_item.setdefault(counter.target_key(change), [])
            steps.append((change.sequence.zfill(40), deltas))
    for key, steps in per_item.items():
        _add(counter, key, steps)


def _add(counter: Counter, key: str, steps: list[tuple[str, dict[str, int]]]) -> None:
    """Add the steps that the item has not seen; an item that is gone needs no counting."""
    unseen = steps
    for _ in range(_ATTEMPTS):
        try:
            _update(counter, key, unseen)
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            item = error.response.get("Item")
            if not item:
                return
            seen = item[counter.sequence]["S"]
            unseen = [step for step in steps if step[0] > seen]
            if not unseen:
                return
    raise RuntimeError(f"{counter.sequence} changes faster than it can be counted")


def _update(counter: Counter, key: str, steps: list[tuple[str, dict[str, int]]]) -> None:
    totals: dict[str, int] = {}
    for _, deltas in steps:
        for name, delta in deltas.items():
            totals[name] = totals.get(name, 0) + delta
    names = {f"#n{index}": name for index, name in enumerate(totals)}
    values = {f":n{index}": {"N": str(total)} for index, total in enumerate(totals.values())}
    additions = ", ".join(f"#n{index} :n{index}" for index in range(len(totals)))
    hash_key = counter.target._hash_keyname
    assert hash_key is not None  # noqa: S101  # every table has one
    client("dynamodb").update_item(
        TableName=counter.target.Meta.table_name,
        Key={hash_key: {"S": key}},
        UpdateExpression=f"ADD {additions} SET #seq = :last",
        ConditionExpression="attribute_exists(#key) AND (attribute_not_exists(#seq) OR #seq < :first)",
        ExpressionAttributeNames={"#seq": counter.sequence, "#key": hash_key, **names},
        ExpressionAttributeValues={
            ":first": {"S": steps[0][0]},
            ":last": {"S": steps[-1][0]},
            **values,
        },
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
