"""Exact counters, folded from a stream (docs/architecture.md section 4, rule 3).

Each counter is fed by one partition of one table, whose changes arrive in order. A batch becomes
one UpdateItem per counted item: `ADD like_count :n SET like_seq = :last` where `like_seq < :first`.
The sequence numbers tell a replayed or overlapping batch, of which only the unseen part is added.
They are kept as 40 digits with leading zeros, so that comparing the texts compares the numbers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.dynamodb.model import Table
from shared.observability import log_failure
from shared.transient import TransientError, is_transient

if TYPE_CHECKING:
    from shared.dynamodb.changes import Change

_ATTEMPTS = 8
_DIGITS = 40  # the most that a sequence number has

type _Step = tuple[str, dict[str, int]]  # a sequence number, and what to add


@dataclass(frozen=True, slots=True)
class Counter:
    """Counters of `target` items that the changes of one table feed.

    `deltas` tells what a change adds: `{"like_count": 1}`; `{}` for nothing. `target_key` is the
    key of the item that is counted on (a tuple, if it has a sort key), and `sequence` the attribute
    that remembers what was counted. A change `makes_target` where there is none yet: for items that
    hold nothing but counts, and what they have `from_start`.
    """

    target: type[Table]
    sequence: str
    target_key: Callable[["Change[Any]"], str | tuple[str, str]]
    deltas: Callable[["Change[Any]"], dict[str, int]]
    makes_target: bool = False
    from_start: Callable[["Change[Any]"], dict[str, str | int]] | None = None


def apply(counter: Counter, changes: Sequence["Change[Any]"]) -> None:
    """Count `changes`, which are in the order of the stream. Safe to call again with any of them.

    Raises when DynamoDB is busy or out of reach: the batch has to come again. A change that cannot
    be counted for another reason is logged and left to the scheduled recount.
    """
    per_item: dict[str | tuple[str, str], list[_Step]] = {}
    first: dict[str | tuple[str, str], Change[Any]] = {}
    for change in changes:
        try:
            deltas = counter.deltas(change)
            if deltas:
                key = counter.target_key(change)
                first.setdefault(key, change)
                per_item.setdefault(key, []).append((change.sequence.zfill(_DIGITS), deltas))
        except Exception:  # noqa: BLE001  # one bad record stops no other
            log_failure("uncountable change", counter=counter.sequence, record=change.record_id)
    for key, steps in per_item.items():
        try:
            _add(counter, key, steps, counter.from_start(first[key]) if counter.from_start else {})
        except Exception as error:
            if is_transient(error):
                raise
            log_failure("uncounted changes", counter=counter.sequence, changes=len(steps))


def _add(
    counter: Counter, key: str | tuple[str, str], steps: list[_Step], start: dict[str, str | int]
) -> None:
    """Add the steps that the item has not seen; an item that is gone needs no counting."""
    unseen = steps
    for _ in range(_ATTEMPTS):
        try:
            _update(counter, key, unseen, start)
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            answer: Any = error.response
            item = answer.get("Item")
            if not item:
                return
            seen = item[counter.sequence]["S"]
            unseen = [step for step in steps if step[0] > seen]
            if not unseen:
                return
    raise TransientError(f"{counter.sequence} changes faster than it can be counted")


def _update(
    counter: Counter, key: str | tuple[str, str], steps: list[_Step], start: dict[str, str | int]
) -> None:
    totals: dict[str, int] = {}
    for _, deltas in steps:
        for name, delta in deltas.items():
            totals[name] = totals.get(name, 0) + delta
    names = {f"#n{index}": name for index, name in enumerate(totals)}
    values: dict[str, Any] = {
        f":n{index}": {"N": str(total)} for index, total in enumerate(totals.values())
    }
    additions = ", ".join(f"#n{index} :n{index}" for index in range(len(totals)))
    settings = "#seq = :last"
    for index, (name, value) in enumerate(start.items()):
        names[f"#s{index}"] = name
        values[f":s{index}"] = {"S": value} if isinstance(value, str) else {"N": str(value)}
        settings += f", #s{index} = if_not_exists(#s{index}, :s{index})"
    key_names = counter.target.key_names()
    key_values = (key,) if isinstance(key, str) else key
    condition = "attribute_not_exists(#seq) OR #seq < :first"
    if not counter.makes_target:
        condition = f"attribute_exists(#key) AND ({condition})"
        names["#key"] = key_names[0]
    client("dynamodb").update_item(
        TableName=counter.target.Meta.table_name,
        Key={name: {"S": value} for name, value in zip(key_names, key_values, strict=True)},
        UpdateExpression=f"ADD {additions} SET {settings}",
        ConditionExpression=condition,
        ExpressionAttributeNames={"#seq": counter.sequence, **names},
        ExpressionAttributeValues={
            ":first": {"S": steps[0][0]},
            ":last": {"S": steps[-1][0]},
            **values,
        },
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
