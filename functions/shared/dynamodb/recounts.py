"""Recount what counters count, and repair counts that are certainly wrong.

A count that differs may only be late, while its changes are in the stream. So a difference is noted
first. It is repaired when a later run finds the item exactly as it was, after longer than the
stream keeps a change waiting: what has not arrived by then will not. The repair is conditional, so
it fails if a change is counted at the same time.

One recount serves posts, tags and followers; all keep their notes in `recounts`, under keys that
name the table. Tags are recounted every three hours, because a count is repaired only if nothing
moves between two runs; a count that is used more often than that is repaired when it rests. A count
that takes longer than the run is given up and reported as `unfinished`, so that it delays no other.
Rejected: repairing a difference that stays the same while the item is counted on, which could
mistake changes on their way for drift.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from pynamodb.attributes import Attribute, UnicodeAttribute

from shared import observability
from shared.aws.clients import client
from shared.clock import now, seconds, timestamp
from shared.dynamodb.attributes import IntegerAttribute, JSONAttribute
from shared.dynamodb.conditions import ConditionFailed
from shared.dynamodb.model import Table, TableName
from shared.parallel import parallel_map

REPAIR_AFTER = 2 * 3600  # seconds; `MaximumRecordAgeInSeconds` of the stream is one hour
_NOTE_LIFE = 14 * 24 * 3600  # seconds for which a difference is remembered
_PROGRESS_LIFE = 30 * 24 * 3600  # seconds
_PAGE = 100  # items
_TIME_FOR_A_PAGE = 60_000  # milliseconds
_TIME_TO_END = 15_000

type _Item = dict[str, Any]


class Recount(Table):
    """What the recount remembers between two runs: where to go on (subject `progress#<table>`), and
    which counts differed (`<table>#<counter>#<id>`)."""

    class Meta:
        table_name = TableName("recounts")

    subject = UnicodeAttribute(hash_key=True)
    after = JSONAttribute(null=True)  # the key of the item that was recounted last
    stored = IntegerAttribute(attr_name="told", null=True)  # the item's count
    sequence = UnicodeAttribute(null=True)
    actual = IntegerAttribute(attr_name="counted", null=True)  # the number of items that it counts
    noted_at = UnicodeAttribute()
    expires_at = IntegerAttribute()  # epoch seconds


class _OutOfTimeError(Exception):
    """Counting takes longer than the time that is left."""


@dataclass(frozen=True, slots=True)
class Counting:
    """One counter: the attribute `total` of `target` counts the items of `source` whose `partition`
    is the target's id (the last part of its key). Of these, `only` names an attribute that must be
    true, `unless` one that must be absent, `beginning` the sort key and the text with which it must
    begin. `sequence` moves with the count."""

    target: type[Table]
    total: Attribute[int]
    sequence: UnicodeAttribute
    source: type[Table]
    partition: str
    index: str | None = None
    only: str | None = None
    unless: str | None = None
    beginning: tuple[str, str] | None = None

    def subject(self, item_id: str) -> str:
        """The key under which a difference is noted."""
        return f"{_name_of(self.target)}#{self.total.attr_name}#{item_id}"


def recount(countings: Mapping[type[Table], Sequence[Counting]], context: Any) -> dict[str, int]:
    """Recount page by page, one table after the other, while the Lambda has time; the next run
    continues where this one ended.

    `drift` is the sum of the absolute differences that were repaired: the goal is zero.
    `unfinished` counts took longer than the time that was left.
    """
    waiting = list(countings)
    items = drift = repaired = unfinished = 0
    while waiting and context.get_remaining_time_in_millis() > _TIME_FOR_A_PAGE:
        model = waiting.pop(0)
        page, after = _next_page(model, countings[model])
        jobs = [
            (counting, _key_of(model, item), int(item[total]["N"]))
            for item in page
            for counting in countings[model]
            if (total := counting.total.attr_name) in item
        ]
        repairs = parallel_map(partial(_recount_one, context), jobs)
        finished = [repair for repair in repairs if repair is not None]
        items += len(page)
        repaired += sum(repair != 0 for repair in finished)
        drift += sum(map(abs, finished))
        unfinished += len(repairs) - len(finished)
        _save_progress(model, after)
        if after:
            waiting.append(model)
    observability.count("CounterDrift", drift)
    found = {"items": items, "repaired": repaired, "drift": drift, "unfinished": unfinished}
    observability.log("recount", **found, is_complete=not waiting)
    return found


def _recount_one(context: Any, job: tuple[Counting, tuple[str, ...], int]) -> int | None:
    """Recount one counter of the item with a key, which had a count when its page was read; return
    by how much the count was repaired (0: not at all; None: there was no time)."""
    counting, key, stored = job
    try:
        if _count(counting, key[-1], context) == stored:
            return 0
        return _compare(counting, key, context)
    except _OutOfTimeError:
        return None


def _count(counting: Counting, item_id: str, context: Any) -> int:
    """The number of items that a counter should count."""
    total = 0
    names = {"#partition": counting.partition}
    values: dict[str, Any] = {":id": {"S": item_id}}
    # An index may lag; but a count is repaired only if it was the same two hours before.
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
    if counting.unless:
        names["#unless"] = counting.unless
        more["FilterExpression"] = "attribute_not_exists(#unless)"
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


def _compare(counting: Counting, key: tuple[str, ...], context: Any) -> int:
    """Compare again with a consistent read; note a difference, or repair one that was noted."""
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
    if seconds(noted.noted_at) > now() - REPAIR_AFTER:
        return 0
    is_at = counting.sequence == sequence if sequence else counting.sequence.does_not_exist()
    with suppress(ConditionFailed):  # a change is being counted: a later run repairs it
        item.change(
            counting.total.set(actual),
            condition=(counting.total == stored) & is_at & counting.target.is_there(),
        )
        return actual - stored
    return 0


def _state(counting: Counting, item: Table) -> tuple[int, str | None]:
    """An item's count, and the sequence number up to which it is counted."""
    values: Mapping[str, Any] = item.attribute_values
    return int(values[counting.total.attr_name]), values.get(counting.sequence.attr_name)


def _note(subject: str, stored: int, sequence: str | None, actual: int) -> None:
    Recount(
        subject,
        stored=stored,
        sequence=sequence,
        actual=actual,
        noted_at=timestamp(),
        expires_at=int(now()) + _NOTE_LIFE,
    ).save()


def _next_page(
    model: type[Table], countings: Sequence[Counting]
) -> tuple[list[_Item], _Item | None]:
    """The next items of a table with their counts, and the key to go on after."""
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


def _save_progress(model: type[Table], after: _Item | None) -> None:
    """Remember where the next run goes on: after the table's end, at its beginning."""
    if after is None:
        Recount(_progress_of(model)).delete()
        return
    expires = int(now()) + _PROGRESS_LIFE
    Recount(_progress_of(model), after=after, noted_at=timestamp(), expires_at=expires).save()
