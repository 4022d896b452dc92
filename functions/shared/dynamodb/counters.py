"""Exact counters, folded from a stream (docs/architecture.md section 4, rule 3).

Each counter is fed by one partition of one table, whose changes arrive in order within a shard. A
batch becomes one UpdateItem per counted item, `ADD like_count :n SET like_seq = :last`, on
condition that the item's watermark is of the same shard and older. A replayed or overlapping batch,
or another shard's, fails the condition, which returns the item; what its watermarks do not include
is then added (`watermarks`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.clock import timestamp
from shared.dynamodb.model import Table
from shared.dynamodb.recount_lists import ItemKey, enlist
from shared.dynamodb.watermarks import Watermarks, mark_of
from shared.observability import log_failure
from shared.parallel import parallel_map
from shared.transient import TransientError, is_transient

if TYPE_CHECKING:
    from shared.dynamodb.changes import Change

_ATTEMPTS = 8

type _Key = str | tuple[str, str]
type _Step = tuple[Change[Any], dict[str, int]]  # a change, and what it adds


@dataclass(frozen=True, slots=True)
class Counter:
    """Counters of `target` items, fed by the changes of one table.

    `deltas` returns what a change adds: `{"like_count": 1}`; `{}` for nothing. `target_key` returns
    the key of the item that holds the count (a tuple, if it has a sort key); its attribute
    `sequence` has the latest watermark, `<sequence>_others` those of other shards. With
    `makes_target`, a change creates the item if it does not exist: for items that hold only counts
    and the attributes that `from_start` returns. With `is_recounted`, the items are listed for the
    scheduled recount (`recount_lists`).
    """

    target: type[Table]
    sequence: str
    target_key: Callable[["Change[Any]"], str | tuple[str, str]]
    deltas: Callable[["Change[Any]"], dict[str, int]]
    makes_target: bool = False
    from_start: Callable[["Change[Any]"], dict[str, str | int]] | None = None
    is_recounted: bool = False


def others_of(sequence: str) -> str:
    """The attribute with the watermarks of other shards, of the one with the latest."""
    return f"{sequence}_others"


def apply(counter: Counter, changes: Sequence["Change[Any]"]) -> None:
    """Count `changes` of one shard, which are in its order. Safe to repeat with any of them.

    Raises if DynamoDB is busy or out of reach: the batch must be delivered again. A change that
    cannot be counted for another reason is logged and left to the scheduled recount, like one that
    is refused as counted: it may be of a batch that was replayed after newer ones.
    """
    per_item: dict[_Key, list[_Step]] = {}
    for change in changes:
        try:
            deltas = counter.deltas(change)
            if deltas:
                per_item.setdefault(counter.target_key(change), []).append((change, deltas))
        except Exception:  # noqa: BLE001  # one bad record stops no other
            log_failure("uncountable change", counter=counter.sequence, record=change.record_id)
    due = parallel_map(partial(_count, counter), per_item.items())
    if counter.is_recounted:
        enlist(counter.target, (each for each in due if each))


def leave_to_recount(counter: Counter, change: "Change[Any]") -> None:
    """List the item that a change counts for, if it does: it came too late for its order."""
    if counter.is_recounted and counter.deltas(change):
        enlist(counter.target, [_item_key(counter.target_key(change))])


def _count(counter: Counter, item: tuple[_Key, list[_Step]]) -> ItemKey | None:
    """Count the changes of one item; return its key if it is to be listed for the recount."""
    key, steps = item
    try:
        is_due = _add(counter, key, steps)
    except Exception as error:
        if is_transient(error):
            raise
        log_failure("uncounted changes", counter=counter.sequence, changes=len(steps))
        is_due = True
    return _item_key(key) if is_due else None


def _add(counter: Counter, key: _Key, steps: list[_Step]) -> bool:
    """Add the steps that the item does not include yet, unless the item no longer exists. Return
    whether there were others, or these are the first ones today."""
    uncounted, known, start = steps, None, steps[0][0]
    for _ in range(_ATTEMPTS):
        try:
            before = _update(counter, key, uncounted, known, start)
            return len(uncounted) < len(steps) or not before.is_of(timestamp()[:10])
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            answer: Any = error.response
            item = answer.get("Item")
            if not item:
                return False
            names = (counter.sequence, others_of(counter.sequence))
            known = Watermarks.read(*(item[name]["S"] for name in names if name in item))
            uncounted = [step for step in steps if not known.includes(step[0])]
            if not uncounted:
                return True
    raise TransientError(f"{counter.sequence} changes faster than it can be counted")


def _update(
    counter: Counter,
    key: _Key,
    steps: list[_Step],
    known: Watermarks | None,
    start: "Change[Any]",
) -> Watermarks:
    """Add these steps if the item has the watermarks that are `known`; if none are known, if its
    latest one is of the same shard and older. Return the latest one before."""
    totals: dict[str, int] = {}
    for _, deltas in steps:
        for name, delta in deltas.items():
            totals[name] = totals.get(name, 0) + delta
    names = {"#seq": counter.sequence}
    names |= {f"#n{index}": name for index, name in enumerate(totals)}
    values: dict[str, Any] = {
        f":n{index}": {"N": str(total)} for index, total in enumerate(totals.values())
    }
    additions = ", ".join(f"#n{index} :n{index}" for index in range(len(totals)))
    settings, removals = "#seq = :last", ""
    last = mark_of(steps[-1][0])
    values[":last"] = {"S": str(last)}
    if known is None:
        condition = "attribute_not_exists(#seq) OR (begins_with(#seq, :shard) AND #seq < :first)"
        values[":shard"] = {"S": f"{last.source}:"}
        values[":first"] = {"S": str(mark_of(steps[0][0])).rpartition(":")[0]}
    else:
        condition = "#seq = :known" if known.latest else "attribute_not_exists(#seq)"
        if known.latest:
            values[":known"] = {"S": known.latest}
        names["#others"] = others_of(counter.sequence)
        others = known.counted(steps[-1][0]).others
        if others:
            settings += ", #others = :others"
            values[":others"] = {"S": others}
        else:
            removals = " REMOVE #others"
    started = counter.from_start(start) if counter.from_start else {}
    for index, (name, value) in enumerate(started.items()):
        names[f"#s{index}"] = name
        values[f":s{index}"] = {"S": value} if isinstance(value, str) else {"N": str(value)}
        settings += f", #s{index} = if_not_exists(#s{index}, :s{index})"
    key_names = counter.target.key_names()
    if not counter.makes_target:
        condition = f"attribute_exists(#key) AND ({condition})"
        names["#key"] = key_names[0]
    answer: Any = client("dynamodb").update_item(
        TableName=counter.target.Meta.table_name,
        Key={name: {"S": value} for name, value in zip(key_names, _item_key(key), strict=True)},
        UpdateExpression=f"ADD {additions} SET {settings}{removals}",
        ConditionExpression=condition,
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
        ReturnValues="UPDATED_OLD",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    return Watermarks.read(answer.get("Attributes", {}).get(counter.sequence, {}).get("S"))


def _item_key(key: _Key) -> ItemKey:
    return (key,) if isinstance(key, str) else key
