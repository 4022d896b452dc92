"""The log of the frames that must not be lost: a user's clients fetch what they missed from it."""

from collections.abc import Iterable

from pynamodb.attributes import UnicodeAttribute

from shared.clock import now
from shared.dynamodb.tables import (
    ConditionFailed,
    IntegerAttribute,
    JSONAttribute,
    Table,
    TableName,
    write_items,
)
from shared.realtime.frames import Frame

_LIFE = 7 * 24 * 3600  # seconds for which a logged frame can be fetched again


class LoggedFrame(Table):
    """A frame that a user's clients can fetch again for seven days."""

    class Meta:
        table_name = TableName("event-log")

    user_id = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)
    event = UnicodeAttribute()
    data = JSONAttribute()
    expires_at = IntegerAttribute()


def keep(user_ids: Iterable[str], frame: Frame) -> None:
    """Write `frame` into the log of each user."""
    write_items(_logged(user_id, frame) for user_id in user_ids)


def keep_once(user_id: str, frame: Frame) -> bool:
    """Write `frame` into the user's log, unless it is there already; return whether it was new."""
    try:
        _logged(user_id, frame).create()
    except ConditionFailed:
        return False
    return True


def _logged(user_id: str, frame: Frame) -> LoggedFrame:
    return LoggedFrame(
        user_id,
        frame.id,
        event=frame.event,
        data=frame.data,
        expires_at=int(now()) + _LIFE,
    )
