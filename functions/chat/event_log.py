"""Replaying the log of the frames that a user's clients must not lose: `sync` and GET /events.

A cursor is a place in the log, or `<place>.<start>`: a place, and the moment at which the chain of
pages began that has come so far. An entry may become visible after a page has passed its place, but
then its place is less than `LATENESS` before the start of the chain: there the next chain begins,
so it repeats what was logged in that time (clients drop repeats by `id`), and misses nothing. Only
the log moves a cursor. A pushed frame has none, because frames before it may have been lost.
"""

from dataclasses import dataclass, replace
from typing import Any

from chat.replayed_frames import visible_frames
from shared.clock import now
from shared.http.paging import ANSWER_BYTES
from shared.ids import first_id_at, is_id, time_of
from shared.realtime.frame_log import LATENESS, LIFE, logged_after
from shared.realtime.frames import Frame, fitting

_AHEAD = 60  # seconds that a cursor may be ahead of this clock
# Seconds after which a chain begins again: a client that keeps one cursor must not repeat days.
_CHAIN = 600


@dataclass(frozen=True, slots=True)
class Replay:
    """Frames after a cursor, oldest first, and the cursor to continue with.

    `reset`: the cursor is too old or unknown, so the client has to reload everything.
    """

    frames: list[Frame]
    cursor: str
    has_more: bool = False
    reset: bool = False


def replay(user_id: str, cursor: str | None, limit: int) -> Replay:
    """What the user may see now of at most `limit` logged frames after `cursor`, fewer if they are
    large; without a cursor, only the present position."""
    present = first_id_at(now())
    if cursor is None:
        return Replay([], _before(present))
    place, start = _parts(cursor, present)
    if not place:
        return Replay([], _before(present), reset=True)
    logged, has_more = logged_after(user_id, place, limit)
    visible = visible_frames(user_id, [each.reference for each in logged if each.reference])
    frames = [  # of a frame that was logged twice the first place
        replace(visible.pop(each.frame_id), cursor=f"{each.event_id}.{start}")
        for each in logged
        if each.frame_id in visible
    ]
    count = len(fitting([each.data for each in frames], ANSWER_BYTES))
    if count < len(frames):
        return Replay(frames[:count], f"{frames[count - 1].cursor}", has_more=True)
    following = f"{logged[-1].event_id}.{start}" if has_more else _before(start)
    return Replay(frames, following, has_more)


def frame_shape(frame: Frame) -> dict[str, Any]:
    """`{event, data, id, cursor}`."""
    return {"event": frame.event, "data": frame.data, "id": frame.id, "cursor": frame.cursor}


def _parts(cursor: str, present: str) -> tuple[str, str]:
    """The place after which to read, and the start of the chain; no place if there is none."""
    place, _, start = cursor.partition(".")
    start = start or present
    if not (_is_recent(place) and _is_recent(start)):
        return "", start
    if time_of(start) < now() - _CHAIN:
        return min(place, _before(start)), present
    return place, start


def _is_recent(moment: str) -> bool:
    return is_id(moment) and now() - LIFE < time_of(moment) < now() + _AHEAD


def _before(start: str) -> str:
    return first_id_at(time_of(start) - LATENESS)
