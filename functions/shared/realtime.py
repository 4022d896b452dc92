"""Frames for people's open sockets: kept for `sync` where they must not be lost, then pushed.

Pushing is best effort by nature; a socket that is gone is forgotten, and exactly that one, but not
one that is opening.
"""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from shared.access.sessions import ended_sessions
from shared.aws.clients import push_client
from shared.clock import now, timestamp
from shared.dynamodb.tables import (
    ConditionFailed,
    IntegerAttribute,
    JSONAttribute,
    Table,
    TableName,
    conditions,
    in_parallel,
    query,
    write_items,
)
from shared.encoding import to_json
from shared.ids import new_id

_LOG_LIFE = 7 * 24 * 3600  # seconds that a kept frame can be asked for again
# Seconds in which a push may find a remembered socket gone that is only just opening: API Gateway
# knows a connection once its $connect has answered, which it may take 29 s to do.
_OPENING = 60
_SOCKETS = 50  # of one user; a bound on the query, above WsMaxSockets


class ByUser(GlobalSecondaryIndex["Connection"]):
    """A user's sockets, oldest first."""

    class Meta:
        index_name = "by_user"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    connected_at = UnicodeAttribute(range_key=True)


class Connection(Table):
    """One open socket."""

    class Meta:
        table_name = TableName("connections")

    connection_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute()
    username = UnicodeAttribute()
    session_id = UnicodeAttribute()
    connected_at = UnicodeAttribute()
    room_id = UnicodeAttribute(null=True)
    expires_at = IntegerAttribute()
    by_user = ByUser()


class LoggedFrame(Table):
    """A frame that a user's clients can ask for again for seven days."""

    class Meta:
        table_name = TableName("event-log")

    user_id = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)
    event = UnicodeAttribute()
    data = JSONAttribute()
    expires_at = IntegerAttribute()


@dataclass(frozen=True, slots=True)
class Frame:
    """What a client receives: `{"event", "data", "cursor"?, "request_id"?}`.

    `event_id` is the frame's place in the log; give the same one to tell the same fact again.
    """

    event: str
    data: dict[str, Any]
    event_id: str = field(default_factory=new_id)

    def to_json(self, kept: bool, request_id: str | None = None) -> str:
        """The text that goes over the socket; only kept frames carry a cursor."""
        frame: dict[str, Any] = {"event": self.event, "data": self.data}
        if kept:
            frame["cursor"] = self.event_id
        if request_id:
            frame["request_id"] = request_id
        return to_json(frame)


def keep(user_ids: Iterable[str], frame: Frame) -> None:
    """Write `frame` into the log of each user."""
    write_items(_logged(user_id, frame) for user_id in user_ids)


def _logged(user_id: str, frame: Frame) -> LoggedFrame:
    return LoggedFrame(
        user_id,
        frame.event_id,
        event=frame.event,
        data=frame.data,
        expires_at=int(now()) + _LOG_LIFE,
    )


def push(user_ids: Sequence[str], frame: Frame, kept: bool = True, but: str | None = None) -> None:
    """Send `frame` to every open socket of these users `but` one; first keep it, unless it may be
    lost: who connects in between finds it in the log."""
    if kept:
        keep(user_ids, frame)
    push_to_sockets(
        [each for each in open_sockets(user_ids) if each.connection_id != but], frame, kept
    )


def push_once(user_id: str, frame: Frame) -> None:
    """As `tell`, unless the user's log has a frame with this `event_id` already: for facts that may
    be heard of twice."""
    try:
        _logged(user_id, frame).create()
    except ConditionFailed:
        return
    push_to_sockets(_still_allowed(sockets_of(user_id)), frame, kept=True)


def push_to_sockets(sockets: Iterable[Connection], frame: Frame, kept: bool = False) -> None:
    """Send `frame` to these sockets; `kept`: it is in the log, so it has a cursor."""
    send([socket.connection_id for socket in sockets], frame.to_json(kept))


def open_sockets(user_ids: Sequence[str]) -> list[Connection]:
    """The open sockets of these users whose sessions still live."""
    found = in_parallel(*map(_finding, user_ids))
    return _still_allowed([socket for sockets in found for socket in sockets])


def sockets_of(user_id: str) -> list[Connection]:
    """A user's open sockets, oldest first."""
    found, _ = query(Connection.by_user, user_id, limit=_SOCKETS, newest_first=False)
    return [socket for socket in found if socket.expires_at > now()]


def send(connection_ids: Sequence[str], text: str) -> None:
    """Send `text` to sockets, in parallel."""
    if connection_ids:
        in_parallel(*(_sending(connection_id, text) for connection_id in connection_ids))


def _still_allowed(sockets: Sequence[Connection]) -> list[Connection]:
    """The sockets whose sessions still live: what was logged out or banned hears nothing more."""
    over = ended_sessions({(socket.user_id, socket.session_id) for socket in sockets})
    return [socket for socket in sockets if (socket.user_id, socket.session_id) not in over]


def _finding(user_id: str) -> Any:
    return lambda: sockets_of(user_id)


def _sending(connection_id: str, text: str) -> Any:
    return lambda: _send(connection_id, text)


def _send(connection_id: str, text: str) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    from shared.observability import log_failure

    try:
        push_client().post_to_connection(ConnectionId=connection_id, Data=text.encode())
    except ClientError as error:
        if error.response["Error"]["Code"] != "GoneException":
            log_failure("push failed")
            return
        _forget_gone(connection_id)
    except BotoCoreError:
        log_failure("push failed")


def _forget_gone(connection_id: str) -> None:
    """Forget a socket that the gateway does not know, unless it may be opening still."""
    opened_before = timestamp(now() - _OPENING)
    with contextlib.suppress(ConditionFailed), conditions():
        Connection(connection_id).delete(condition=Connection.connected_at < opened_before)
