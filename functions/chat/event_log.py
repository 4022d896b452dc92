"""The log of the frames that a user's clients must not lose; `sync` and GET /events replay it."""

from dataclasses import dataclass
from typing import Any

from shared.clock import now
from shared.dynamodb.tables import query
from shared.ids import first_id_at, is_id, time_of
from shared.realtime.frame_log import LoggedFrame
from shared.realtime.frames import Frame

_LIFE = 7 * 24 * 3600  # seconds; see shared.realtime
_AHEAD = 60  # seconds that a cursor may be ahead of this clock


@dataclass(frozen=True, slots=True)
class Replay:
    """Frames after a cursor, oldest first, and the cursor to continue with.

    `reset`: the cursor is too old or unknown, so the client has to reload everything.
    """

    frames: list[LoggedFrame]
    cursor: str
    has_more: bool = False
    reset: bool = False


def replay(user_id: str, cursor: str | None, limit: int) -> Replay:
    """The frames after `cursor`; without one, only the present end of the log."""
    if cursor is None:
        return Replay([], _latest(user_id))
    if not is_id(cursor) or not now() - _LIFE < time_of(cursor) < now() + _AHEAD:
        return Replay([], _latest(user_id), reset=True)
    frames, following = query(
        LoggedFrame,
        user_id,
        LoggedFrame.event_id > cursor,
        limit=limit,
        newest_first=False,
        consistent=True,
    )
    last = frames[-1].event_id if frames else cursor
    return Replay(frames, last, has_more=following is not None)


def _latest(user_id: str) -> str:
    frames, _ = query(LoggedFrame, user_id, limit=1, consistent=True)
    return frames[0].event_id if frames else first_id_at(now())


def frame_of(logged: LoggedFrame) -> Frame:
    """The frame as it is replayed, with its place in the log."""
    return Frame(logged.event, logged.data, logged.event_id, cursor=logged.event_id)


def frame_shape(logged: LoggedFrame) -> dict[str, Any]:
    """`{event, data, id, cursor}`."""
    frame = frame_of(logged)
    return {"event": frame.event, "data": frame.data, "id": frame.id, "cursor": frame.cursor}
