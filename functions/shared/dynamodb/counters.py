"""Exact counters, folded from a stream (docs/architecture.md section 4, rule 3).

Each counter is fed by one partition of one table, whose changes arrive in order. A batch becomes
one UpdateItem per counted item: `ADD like_count :n SET like_seq = :last` where `like_seq < :first`.
The sequence numbers reveal a replayed or overlapping batch, of which only the new part is added.

They are stored as 40 digits of text, padded with zeros, so that comparing the texts compares the
numbers: DynamoDB's numbers hold 38 digits, stream sequence numbers up to 40. The order of an item's
changes holds as long as its partition is not split. If DynamoDB splits one item collection by heat,
the order across the split is not promised; the scheduled recount finds and repairs what that loses.
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
_DIGITS = 40  # of the longest sequence number

type _Step = tuple[str, dict[str, int]]  # a sequence number, and what to add


@dataclass(frozen=True, slots=True)
class Counter:
    """Counters of `target` items, fed by the changes of one table.

    `deltas` returns what a change adds: `{"like_count": 1}`; `{}` for nothing. `target_key` returns
    the key of the item that holds the count (a tuple, if it has a sort key); its attribute
    `sequence` remembers what was counted. With `makes_target`, a change creates the item if it does
    not exist: for items that hold only counts and the attributes that `from_start` returns.
    """

    target: type[Table]
    sequence: str
    target_key: Callable[["Change[Any]"], str | tuple[str, str]]
    deltas: Callable[["Change[Any]"], dict[str, int]]
    makes_target: bool = False
    from_start: Callable[["Change[Any]"], dict[str, str | int]] | None = None


def apply(counter: Counter, changes: Sequence["Change[Any]"]) -> None:
    """Count `changes`, which are in the order of the stream. Safe to repeat with any of them.

    Raises if DynamoDB is busy or out of reach: the batch must be delivered again. A change that
    cannot be counted for another reason is logged and left to the scheduled recount.
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
    """Add the steps that the item does not include yet, unless the item no longer exists."""
    uncounted = steps
    for _ in range(_ATTEMPTS):
        try:
            _update(counter, key, uncounted, start)
            return
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            answer: Any = error.response
            item = answer.get("Item")
            if not item:
                return
            counted_to = item[counter.sequence]["S"]
            uncounted = [step for step in steps if step[0] > counted_to]
            if not uncounted:
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
