"""Frames for people's open sockets: logged for `sync` where they must not be lost, then pushed.

A push is best effort. A socket that turns out to be gone is deleted, unless it may still be
opening.
"""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
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
    parallel_map,
    query,
    write_items,
)
from shared.encoding import to_json
from shared.ids import new_id

_LOG_LIFE = 7 * 24 * 3600  # seconds for which a logged frame can be fetched again
# Seconds during which a push to a stored socket may fail as gone while it is still opening: API
# Gateway knows a connection only once its $connect has answered, which may take 29 s.
_OPENING = 60
_SOCKETS = 50  # of one user; a bound of the query, above WsMaxSockets


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
    """A frame that a user's clients can fetch again for seven days."""

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

    `event_id` is the frame's place in the log; the same fact must get the same one.
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
    """Send `frame` to every open socket of these users, except `but`. If it must not be lost
    (`kept`), log it first: a client that connects in between finds it in the log."""
    if kept:
        keep(user_ids, frame)
    push_to_sockets(
        [each for each in open_sockets(user_ids) if each.connection_id != but], frame, kept
    )


def push_once(user_id: str, frame: Frame) -> None:
    """As `push`, unless the user's log already has a frame with this `event_id`: for facts that may
    be reported twice."""
    try:
        _logged(user_id, frame).create()
    except ConditionFailed:
        return
    push_to_sockets(_still_allowed(sockets_of(user_id)), frame, kept=True)


def push_to_sockets(sockets: Iterable[Connection], frame: Frame, kept: bool = False) -> None:
    """Send `frame` to these sockets; with `kept` it is in the log, so it carries a cursor."""
    send([socket.connection_id for socket in sockets], frame.to_json(kept))


def open_sockets(user_ids: Sequence[str]) -> list[Connection]:
    """The open sockets of these users whose sessions have not ended."""
    found = parallel_map(sockets_of, user_ids)
    return _still_allowed([socket for sockets in found for socket in sockets])


def sockets_of(user_id: str) -> list[Connection]:
    """A user's open sockets, oldest first."""
    found, _ = query(Connection.by_user, user_id, limit=_SOCKETS, newest_first=False)
    return [socket for socket in found if socket.expires_at > now()]


def send(connection_ids: Sequence[str], text: str) -> None:
    """Send `text` to sockets, in parallel."""
    if connection_ids:
        parallel_map(partial(_send, text), connection_ids)


def _still_allowed(sockets: Sequence[Connection]) -> list[Connection]:
    """The sockets whose sessions have not ended: nothing is pushed after a logout or a ban."""
    ended = ended_sessions({(socket.user_id, socket.session_id) for socket in sockets})
    return [socket for socket in sockets if (socket.user_id, socket.session_id) not in ended]


def _send(text: str, connection_id: str) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    from shared.observability import log_failure

    try:
        push_client().post_to_connection(ConnectionId=connection_id, Data=text.encode())
    except ClientError as error:
        if error.response["Error"]["Code"] != "GoneException":
            log_failure("push failed")
            return
        _delete_gone(connection_id)
    except BotoCoreError:
        log_failure("push failed")


def _delete_gone(connection_id: str) -> None:
    """Delete a socket that the gateway does not know, unless it may still be opening."""
    opened_before = timestamp(now() - _OPENING)
    with contextlib.suppress(ConditionFailed), conditions():
        Connection(connection_id).delete(condition=Connection.connected_at < opened_before)
