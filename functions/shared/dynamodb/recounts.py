"""Recount what counters count, and repair counts that are certainly wrong.

Each run checks the items that were counted on since the last one (`recount_lists`), then goes on
through the whole table, round after round, while it has time. A count that takes longer than the
run is given up and reported as `unfinished`, so that it delays no other.

A count that differs may only be late. So a difference is noted first, and repaired when a later run
finds the same one (`recount_repairs`).

Metrics: `CounterDrift` is the sum of what was repaired, of which the goal is zero; `RecountedItems`
were looked at; `UncheckedHours` is the age of the oldest list that is not done, `RecountRoundDays`
of the oldest check of an item on no list.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from shared import observability
from shared.dynamodb.batches import read_raw
from shared.dynamodb.model import Table
from shared.dynamodb.recount_lists import enlist, next_listed, table_of
from shared.dynamodb.recount_notes import Round, is_certain, place_in_lists, save_place
from shared.dynamodb.recount_queries import (
    Counting,
    ItemKey,
    OutOfTimeError,
    RawItem,
    count_items,
    find_raw,
    key_of,
    raw_key,
)
from shared.dynamodb.recount_repairs import QUIET, begin, finish
from shared.parallel import parallel_map

__all__ = ["Counting", "recount"]

_PAGE = 100  # items
_TIME_FOR_A_PAGE = 60_000  # milliseconds

type _Finding = Literal["right", "noted", "certain", "unfinished"]


@dataclass(slots=True)
class _Run:
    """What a run has done, and the time that it has left."""

    context: Any
    items: int = 0
    repaired: int = 0
    drift: int = 0
    unfinished: int = 0

    def time(self) -> int:
        return int(self.context.get_remaining_time_in_millis())


def recount(countings: Mapping[type[Table], Sequence[Counting]], context: Any) -> dict[str, int]:
    """Recount while the Lambda has time; the next run continues where this one ended."""
    run = _Run(context)
    hours = max(_recount_listed(run, model, countings[model]) for model in countings)
    rounds = {
        model: Round(model, [*model.key_names(), *(each.name for each in countings[model])])
        for model in countings
    }
    waiting = list(rounds)
    while waiting and run.time() > _TIME_FOR_A_PAGE:
        model = waiting.pop(0)
        _check(run, model, countings[model], rounds[model].next_page(_PAGE))
        if not rounds[model].page_done():
            waiting.append(model)
    observability.count("CounterDrift", run.drift)
    observability.count("RecountedItems", run.items)
    observability.count("UncheckedHours", hours)
    observability.count("RecountRoundDays", max(each.days for each in rounds.values()))
    found = {name: getattr(run, name) for name in ("items", "repaired", "drift", "unfinished")}
    observability.log("recount", **found, unchecked_hours=int(hours), is_complete=not waiting)
    return found


def _recount_listed(run: _Run, model: type[Table], countings: Sequence[Counting]) -> float:
    """Check what the lists of past days hold; return the age of the oldest that is not done, in
    hours."""
    place = place_in_lists(model)
    while run.time() > _TIME_FOR_A_PAGE:
        keys, following = next_listed(model, place)
        if keys:
            _check(run, model, countings, _read(model, keys))
        if following != place:
            save_place(model, following)
        place = following
        if not keys:
            break
    return place.age


def _read(model: type[Table], keys: Sequence[ItemKey]) -> list[RawItem]:
    wanted = [raw_key(model, key) for key in keys]
    request = {model.Meta.table_name: {"Keys": wanted, "ConsistentRead": True}}
    return [item for _, item in read_raw(request)]


def _check(
    run: _Run, model: type[Table], countings: Sequence[Counting], page: Sequence[RawItem]
) -> None:
    """Compare the counts of items with what there is; note differences, and repair those that are
    certain."""
    jobs = [(counting, item) for item in page for counting in countings if counting.name in item]
    findings = list(zip(jobs, parallel_map(partial(_finding, run), jobs), strict=True))
    run.items += len(page)
    run.unfinished += sum(finding == "unfinished" for _, finding in findings)
    wrong: dict[tuple[ItemKey, str], list[Counting]] = {}
    for (counting, item), finding in findings:
        if finding == "certain":  # counts with one watermark are stored together
            one = counting.watermark
            group = [each for each in countings if each.watermark == one] if one else [counting]
            wrong[key_of(model, item), one or counting.name] = group
    begun = parallel_map(lambda job: begin(run.time, job[0][0], job[1]), wrong.items())
    if any(begun):
        time.sleep(QUIET)
    for repaired in parallel_map(partial(finish, run.time), [each for each in begun if each]):
        run.repaired += sum(map(bool, repaired))
        run.drift += sum(map(abs, repaired))
    differ = ("noted", "certain")
    enlist(model, {key_of(model, item) for (_, item), finding in findings if finding in differ})


def _finding(run: _Run, job: tuple[Counting, RawItem]) -> _Finding:
    """What there is to say about one count of an item, as it was when its page was read."""
    counting, seen = job
    key = key_of(counting.target, seen)
    try:
        if count_items(run.time, counting, key[-1])[0] == int(seen[counting.name]["N"]):
            return "right"
        item = find_raw(counting.target, key)
        if counting.name not in item:
            return "right"
        difference = count_items(run.time, counting, key[-1])[0] - int(item[counting.name]["N"])
    except OutOfTimeError:
        return "unfinished"
    if difference == 0:
        return "right"
    subject = f"{table_of(counting.target)}#{counting.name}#{key[-1]}"
    return "certain" if is_certain(subject, difference) else "noted"
