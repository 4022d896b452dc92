"""The list of all public reels, newest first."""

from collections.abc import Callable
from datetime import UTC, datetime

from feeds.discovery_index import REEL_PARTS, year_bucket, year_of
from feeds.merge import merge
from feeds.models import Reel
from posts.public import Part, Ref
from shared.clock import now
from shared.dynamodb.tables import in_parallel, query
from shared.ids import first_id_at, time_of

_FIRST_YEAR = 2025  # older than any post
_LONG_AFTER = 60.0  # seconds that another machine's clock may be ahead


def public_reels(before: str | None, count: int) -> Part:
    """Up to `count` reels of the year that the next older ones are from."""
    before = before or first_id_at(now() + _LONG_AFTER)
    # The year of what is older: `before` may be the first id of a year.
    year = year_of(time_of(before) - 0.001)
    part = merge(in_parallel(*(_reading(year, part, before, count) for part in range(REEL_PARTS))))
    if part.reach is not None or year <= _FIRST_YEAR:
        return part
    return Part(part.refs, first_id_at(_start_of(year)))


def _reading(year: int, part: int, before: str, count: int) -> Callable[[], Part]:
    return lambda: _read(year_bucket(year, part), before, count)


def _read(bucket: str, before: str, count: int) -> Part:
    found, following = query(Reel, bucket, Reel.post_id < before, limit=count)
    refs = [Ref(reel.post_id, reel.author_id) for reel in found]
    return Part(refs, following["post_id"] if following else None)


def _start_of(year: int) -> float:
    return datetime(year, 1, 1, tzinfo=UTC).timestamp()
