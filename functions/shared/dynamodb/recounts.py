"""Recounting what counters count, and mending a count that is wrong beyond doubt.

A count that differs may only be late: the changes are on their way through the stream. So a
difference is noted first, and mended when a later run finds the item exactly as it was, after
longer than the stream keeps a change waiting: what has not arrived by then does not arrive. The
condition of the mending write holds off everything that is counted meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import Attribute, UnicodeAttribute

from shared import observability
from shared.aws.clients import client
from shared.clock import now, seconds, timestamp
from shared.dynamodb.attributes import IntegerAttribute, JSONAttribute
from shared.dynamodb.conditions import ConditionFailed
from shared.dynamodb.model import Table, TableName
from shared.parallel import in_parallel

SETTLED_AFTER = 2 * 3600  # seconds; `MaximumRecordAgeInSeconds` of the stream is one hour
_REMEMBERED = 14 * 24 * 3600  # seconds that a difference is remembered
_PAGE = 100  # items
_TIME_FOR_A_PAGE = 60_000  # milliseconds
_TIME_TO_END = 15_000
_PROGRESS_KEPT = 30 * 24 * 3600  # seconds

type _Item = dict[str, Any]


class Recount(Table):
    """What the recount of counters remembers from one run to the next: where it goes on (subject
    `progress#<table>`), and which counts were wrong (`<table>#<counter>#<id>`)."""

    class Meta:
        table_name = TableName("recounts")

    subject = UnicodeAttribute(hash_key=True)
    after = JSONAttribute(null=True)  # the key of the item that was recounted last
    stored = IntegerAttribute(null=True)  # the count as the item had it
    sequence = UnicodeAttribute(null=True)
    actual = IntegerAttribute(null=True)  # what there was to count
    noted_at = UnicodeAttribute()
    expires_at = IntegerAttribute()  # epoch seconds


class _OutOfTimeError(Exception):
    """There is too much to count for the time that is left."""


@dataclass(frozen=True, slots=True)
class Counting:
    """One counter: it stands in `total` of a `target`, and counts the items of `source` whose
    `partition` is the target's id (the last part of its key), or those of them where the attribute
    `only` is true, or whose sort key begins as `beginning` (its name and the text) says. `sequence`
    moves with it."""

    target: type[Table]
    total: Attribute[int]
    sequence: UnicodeAttribute
    source: type[Table]
    partition: str
    index: str | None = None
    only: str | None = None
    beginning: tuple[str, str] | None = None

    def subject(self, item_id: str) -> str:
        """Under which key a difference is noted."""
        return f"{_name_of(self.target)}#{self.total.attr_name}#{item_id}"


def recount(countings: Mapping[type[Table], Sequence[Counting]], context: Any) -> dict[str, int]:
    """Recount page by page, of each table in turn, while the Lambda has time; the next run goes on
    where this one ended.

    `drift` is the sum of what was wrong, whichever way: the goal is zero. `unfinished` are counts
    of more than could be looked at in the time.
    """
    waiting = list(countings)
    items = drift = mended = unfinished = 0
    while waiting and context.get_remaining_time_in_millis() > _TIME_FOR_A_PAGE:
        model = waiting.pop(0)
        page, after = _next_page(model, countings[model])
        changes = in_parallel(
            *(
                _recounting(counting, _key_of(model, item), int(item[total]["N"]), context)
                for item in page
                for counting in countings[model]
                if (total := counting.total.attr_name) in item
            )
        )
        known = [change for change in changes if change is not None]
        items += len(page)
        mended += sum(change != 0 for change in known)
        drift += sum(map(abs, known))
        unfinished += len(changes) - len(known)
        _keep(model, after)
        if after:
            waiting.append(model)
    observability.count("CounterDrift", drift)
    found = {"items": items, "mended": mended, "drift": drift, "unfinished": unfinished}
    observability.log("recount", **found, is_complete=not waiting)
    return found


def _recounting(
    counting: Counting, key: tuple[str, ...], last_seen: int, context: Any
) -> Callable[[], int | None]:
    """A call that recounts one counter of the item with this key, last seen with that count, and
    returns by how much it mended the count (0: not at all; None: there was no time)."""

    def run() -> int | None:
        try:
            if _count(counting, key[-1], context) == last_seen:
                return 0
            return _look_closer(counting, key, context)
        except _OutOfTimeError:
            return None

    return run


def _count(counting: Counting, item_id: str, context: Any) -> int:
    """How many items there are to count."""
    total = 0
    names = {"#partition": counting.partition}
    values: dict[str, Any] = {":id": {"S": item_id}}
    # An index may lag; what is mended was the same two hours before.
    more: dict[str, Any] = (
        {"IndexName": counting.index} if counting.index else {"ConsistentRead": True}
    )
    condition = "#partition = :id"
    if counting.beginning:
        names["#sort"], beginning = counting.beginning
        values[":beginning"] = {"S": beginning}
        condition += " AND begins_with(#sort, :beginning)"
    if counting.only:
        names["#only"], values[":true"] = counting.only, {"BOOL": True}
        more["FilterExpression"] = "#only = :true"
    while True:
        answer = client("dynamodb").query(
            TableName=counting.source.Meta.table_name,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            Select="COUNT",
            **more,
        )
        total += answer["Count"]
        if not answer.get("LastEvaluatedKey"):
            return total
        if context.get_remaining_time_in_millis() < _TIME_TO_END:
            raise _OutOfTimeError
        more["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _look_closer(counting: Counting, key: tuple[str, ...], context: Any) -> int:
    item = counting.target.find(*key, consistent=True)
    if item is None:
        return 0
    stored, sequence = _state(counting, item)
    actual = _count(counting, key[-1], context)
    if actual == stored:
        return 0
    subject = counting.subject(key[-1])
    noted = Recount.find(subject, consistent=True)
    if noted is None or (noted.stored, noted.sequence, noted.actual) != (stored, sequence, actual):
        _note(subject, stored, sequence, actual)
        return 0
    if seconds(noted.noted_at) > now() - SETTLED_AFTER:
        return 0
    is_at = counting.sequence == sequence if sequence else counting.sequence.does_not_exist()
    with suppress(ConditionFailed):  # it is being counted at this very moment: another run then
        item.change(
            counting.total.set(actual),
            condition=(counting.total == stored) & is_at & counting.target.is_there(),
        )
        return actual - stored
    return 0


def _state(counting: Counting, item: Table) -> tuple[int, str | None]:
    """The count that the item has, and up to which change it is counted."""
    values: Mapping[str, Any] = item.attribute_values
    return int(values[counting.total.attr_name]), values.get(counting.sequence.attr_name)


def _note(subject: str, stored: int, sequence: str | None, actual: int) -> None:
    Recount(
        subject,
        stored=stored,
        sequence=sequence,
        actual=actual,
        noted_at=timestamp(),
        expires_at=int(now()) + _REMEMBERED,
    ).save()


def _next_page(
    model: type[Table], countings: Sequence[Counting]
) -> tuple[list[_Item], _Item | None]:
    """The next items of a table, with their counts, and where to go on."""
    progress = Recount.find(_progress_of(model), consistent=True)
    start: dict[str, Any] = (
        {"ExclusiveStartKey": progress.after} if progress and progress.after else {}
    )
    names = [*model.key_names(), *(each.total.attr_name for each in countings)]
    answer = client("dynamodb").scan(
        TableName=model.Meta.table_name,
        Limit=_PAGE,
        ProjectionExpression=", ".join(names),
        **start,
    )
    return answer["Items"], answer.get("LastEvaluatedKey")


def _key_of(model: type[Table], item: _Item) -> tuple[str, ...]:
    return tuple(item[name]["S"] for name in model.key_names())


def _progress_of(model: type[Table]) -> str:
    return f"progress#{_name_of(model)}"


def _name_of(model: type[Table]) -> str:
    return str(vars(model.Meta)["table_name"].name)


def _keep(model: type[Table], after: _Item | None) -> None:
    """Remember where to go on; at the end, that the next run begins again."""
    if after is None:
        Recount(_progress_of(model)).delete()
        return
    expires = int(now()) + _PROGRESS_KEPT
    Recount(_progress_of(model), after=after, noted_at=timestamp(), expires_at=expires).save()
