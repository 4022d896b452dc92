"""The list of all public reels, newest first."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from feeds.discovery_index import REEL_PARTS, year_bucket, year_of
from feeds.merge import merge, unless_throttled
from feeds.models import Reel
from posts.public import Part, PostCandidate
from shared.clock import now
from shared.dynamodb.tables import parallel_map, query
from shared.ids import first_id_at, time_of

_FIRST_YEAR = 2025  # older than any post
_CLOCK_SKEW = 60.0  # seconds that another machine's clock may be ahead


def public_reels(before: str | None, count: int) -> Part:
    """Up to `count` reels older than `before`, all of one year."""
    before = before or first_id_at(now() + _CLOCK_SKEW)
    # The year of the next older reel: `before` may be the first id of a year.
    year = year_of(time_of(before) - 0.001)
    calls = (partial(_read, year, before, count, number) for number in range(REEL_PARTS))
    part = merge(each for parts in parallel_map(unless_throttled, calls) for each in parts)
    if part.reach is not None or part.is_partial or year <= _FIRST_YEAR:
        return part
    return replace(part, reach=first_id_at(_start_of(year)))


def _read(year: int, before: str, count: int, part: int) -> list[Part]:
    bucket = year_bucket(year, part)
    found, following = query(Reel, bucket, Reel.post_id < before, limit=count)
    candidates = [PostCandidate(reel.post_id, reel.author_id) for reel in found]
    return [Part(candidates, following["post_id"] if following else None)]


def _start_of(year: int) -> float:
    return datetime(year, 1, 1, tzinfo=UTC).timestamp()
