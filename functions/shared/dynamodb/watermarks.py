"""Watermarks: which changes of a stream an item has counted.

DynamoDB promises the order of changes within one shard of one stream. So each shard that feeds an
item has a watermark of its own: the sequence number of its last change that was counted. A restored
or replaced table has another stream, whose numbers may begin lower; an item collection that is
split by heat comes in two shards, whose numbers interleave. Neither hides the other's changes.

A watermark is one text, `<source>:<40 digits>:<epoch seconds of the change>`. The digits compare
like the numbers: stream sequence numbers have up to 40, DynamoDB's numbers 38. `source` is a hash
of stream and shard. An item keeps the latest watermark in one attribute, those of other shards
beside it, for as long as their stream can deliver a record again, so that items do not grow.

Two sources are no shard. `recount` says that changes from before its time are counted, whatever
their shard (`recounts`). A text of digits alone is of an earlier version, which had one watermark
for all shards: it holds for each shard without one, in streams that began before this version.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from shared.clock import seconds, timestamp

if TYPE_CHECKING:
    from shared.dynamodb.changes import Change

_DIGITS = 40  # of the longest sequence number
_KEPT = 26 * 3600  # seconds: streams keep a record for 24 hours
_MOST = 64  # watermarks of one item; shards of one key live for four hours
_RECOUNT, _EARLIER = "recount", "earlier"
# Streams of tables that were created later were never counted by the earlier version.
_EARLIER_STREAMS = "2026-12-02"


@dataclass(frozen=True, slots=True)
class Watermark:
    """The last change of a source that an item has counted."""

    source: str
    sequence: str
    at: int  # epoch seconds of the change

    def __str__(self) -> str:
        if self.source == _EARLIER and not self.at:
            return self.sequence
        return f"{self.source}:{self.sequence}:{self.at}"


@dataclass(frozen=True, slots=True)
class Watermarks:
    """All watermarks of one item, the latest first."""

    marks: tuple[Watermark, ...] = ()

    @classmethod
    def read(cls, *texts: str | None) -> Self:
        """The watermarks that `latest` and `others` wrote."""
        parts = [part for text in texts if text for part in text.split("|")]
        return cls(tuple(map(_read, parts)))

    def includes(self, change: "Change[Any]") -> bool:
        """Whether the item has counted this change."""
        own = source_of(change)
        number, at = padded(change), seconds(change.occurred_at)
        of_shard = None
        for mark in self.marks:
            if mark.source == own:
                of_shard = mark.sequence
            elif mark.source == _RECOUNT and at < mark.at:
                return True
        if of_shard is None and change.stream < _EARLIER_STREAMS:
            earlier = (mark.sequence for mark in self.marks if mark.source == _EARLIER)
            of_shard = next(earlier, None)
        return of_shard is not None and number <= of_shard

    def is_ahead_of(self, change: "Change[Any]", by: float) -> bool:
        """Whether the item includes this change by a watermark that is so many seconds newer: it
        was not delivered again at once, but late, and may not have been counted."""
        newest = max((mark.at for mark in self.marks), default=0)
        return self.includes(change) and seconds(change.occurred_at) < newest - by

    def counted(self, change: "Change[Any]") -> "Watermarks":
        """The watermarks after this change, the last of a batch of its shard."""
        return self._with(mark_of(change))

    def recounted(self, moment: float) -> "Watermarks":
        """The watermarks after a recount that began at `moment`: they include every change of an
        earlier second. (DynamoDB reports the second in which a change was made.)"""
        return self._with(Watermark(_RECOUNT, "0" * _DIGITS, int(moment)))

    def is_of(self, day: str) -> bool:
        """Whether the latest watermark is of a change of this day."""
        return any(
            mark.source not in (_RECOUNT, _EARLIER) and timestamp(mark.at)[:10] == day
            for mark in self.marks[:1]
        )

    def _with(self, latest: Watermark) -> "Watermarks":
        return Watermarks((latest, *_kept(self.marks, latest))[:_MOST])

    @property
    def latest(self) -> str | None:
        """The text of the latest watermark."""
        return str(self.marks[0]) if self.marks else None

    @property
    def others(self) -> str | None:
        """The text of all others."""
        return "|".join(map(str, self.marks[1:])) or None

    def __str__(self) -> str:
        return "|".join(map(str, self.marks))


def mark_of(change: "Change[Any]") -> Watermark:
    """The watermark of a change's shard once it is counted."""
    return Watermark(source_of(change), padded(change), int(seconds(change.occurred_at)))


def source_of(change: "Change[Any]") -> str:
    """What identifies the shard that delivers a change: ten characters, or "" in tests."""
    return _source(change.stream, change.shard)


def padded(change: "Change[Any]") -> str:
    """The change's sequence number as text that compares like the number."""
    return change.sequence.zfill(_DIGITS)


@lru_cache(maxsize=1024)
def _source(stream: str, shard: str) -> str:
    import hashlib

    name = f"{stream}/{shard}"
    return hashlib.blake2s(name.encode(), digest_size=5).hexdigest()


def _read(text: str) -> Watermark:
    parts = text.split(":")
    if len(parts) == 1:
        return Watermark(_EARLIER, text, 0)
    source, sequence, at = parts
    return Watermark(source, sequence, int(at))


def _kept(marks: Iterable[Watermark], latest: Watermark) -> Iterable[Watermark]:
    """The other marks that may still have to recognise a change."""
    for mark in marks:
        if mark.source == _EARLIER and not mark.at:  # from now on it has a time, and goes by it
            mark = Watermark(_EARLIER, mark.sequence, latest.at)
        if mark.source != latest.source and mark.at > latest.at - _KEPT:
            yield mark
