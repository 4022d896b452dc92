"""The log of the frames that must not be lost: a user's clients fetch what they missed from it.

An entry refers to what its frame reports, by ids alone. Who replays it reads what those ids stand
for at that moment, and what the user may see of it.

The key of an entry is its place: an id that is made right before each try of its write. A try takes
at most `LATENESS` seconds, or is repeated at a new place; so an entry that a reader did not find
lies less than `LATENESS` before the moment of the reading.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from shared.aws.clients import client
from shared.clock import now
from shared.dynamodb.batches import batches
from shared.dynamodb.tables import (
    ConditionFailed,
    IntegerAttribute,
    JSONAttribute,
    Table,
    TableName,
    parallel_map,
    query,
)
from shared.ids import new_id
from shared.parallel import back_off
from shared.transient import TransientError

LATENESS = 60  # seconds after its place at which an entry may become visible
_SLOW = LATENESS / 2  # seconds of a write after which it is repeated at a new place
LIFE = 7 * 24 * 3600  # seconds for which a logged frame can be fetched again
_BATCH = 25
_TRIES = 8
_CLAIM = "once#"  # sorts after every place
_CLAIM_LIFE = 24 * 3600  # seconds: longer than any stream repeats a record
_END = "Z"  # after every place, before every claim
_clock = time.time


@dataclass(frozen=True, slots=True)
class Reference:
    """What a logged frame reports: its event, the id of the fact, and the ids that it is about."""

    event: str
    id: str
    about: Mapping[str, str]


class LoggedFrame(Table):
    """A frame that a user's clients can fetch again for seven days."""

    class Meta:
        table_name = TableName("event-log")

    user_id = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)  # its place, or a claim
    event = UnicodeAttribute()
    frame_id = UnicodeAttribute(null=True)  # None: a claim, or an entry of an earlier version
    about = JSONAttribute(null=True)
    expires_at = IntegerAttribute()

    @property
    def reference(self) -> Reference | None:
        """What the entry refers to; None for a claim, and for an entry of an earlier version."""
        return Reference(self.event, self.frame_id, self.about) if self.frame_id else None


def keep(entries: Iterable[tuple[str, Reference]]) -> None:
    """Log references, each for the user whose id comes with it, in this order."""
    waiting = list(entries)
    for attempt in range(_TRIES):
        left = parallel_map(_write, batches(waiting, _BATCH))
        waiting = [entry for batch in left for entry in batch]
        if not waiting:
            return
        back_off(attempt)
    raise TransientError("DynamoDB left frames unlogged")


def claim(user_id: str, frame_id: str) -> bool:
    """Whether this is the first claim of the frame: the one whose caller pushes it."""
    first = LoggedFrame(
        user_id, f"{_CLAIM}{frame_id}", event="claim", expires_at=int(now()) + _CLAIM_LIFE
    )
    try:
        first.create()
    except ConditionFailed:
        return False
    return True


def logged_after(user_id: str, place: str, limit: int) -> tuple[list[LoggedFrame], bool]:
    """The entries after a place, in the order of their places, and whether there are more."""
    # Strings that are longer sort after `place`, and before the next one.
    after = LoggedFrame.event_id.between(f"{place}!", _END)
    found, following = query(
        LoggedFrame, user_id, after, limit=limit, newest_first=False, consistent=True
    )
    return found, following is not None


def _write(entries: Sequence[tuple[str, Reference]]) -> list[tuple[str, Reference]]:
    """Write at most 25 entries by one call; return those that have to be written again."""
    begun = _clock()
    places = {new_id(): entry for entry in entries}
    table = LoggedFrame.Meta.table_name
    puts = [
        {"PutRequest": {"Item": _entry(place, *entry).serialize()}}
        for place, entry in places.items()
    ]
    request: Any = {table: puts}
    answer: Any = client("dynamodb").batch_write_item(RequestItems=request)
    if _clock() - begun > _SLOW:
        return list(entries)
    unprocessed = (answer.get("UnprocessedItems") or {}).get(table, [])
    return [places[each["PutRequest"]["Item"]["event_id"]["S"]] for each in unprocessed]


def _entry(place: str, user_id: str, reference: Reference) -> LoggedFrame:
    return LoggedFrame(
        user_id,
        place,
        event=reference.event,
        frame_id=reference.id,
        about=dict(reference.about),
        expires_at=int(now()) + LIFE,
    )
