"""Open sockets: each one by its id, all those of a user in one item, and those in a room.

The item of a user is written in one transaction with the socket, so it can be read consistently:
250 of them in three calls, where an index may lag. An entry whose socket is gone is removed when a
push finds that out, or when its user connects again.
"""

import contextlib
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Self

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from shared.aws.clients import client
from shared.clock import now
from shared.dynamodb.tables import (
    ConditionFailed,
    IntegerAttribute,
    Table,
    TableName,
    Transaction,
    WriteConflict,
    conditions,
    query,
    read_items,
    retry_conflicts,
    transaction,
)

_ENTRY = "s_"  # begins the names of the attributes that hold a socket
_IN_ROOM = 2500  # sockets: more than a group's members can have open


class ByUser(GlobalSecondaryIndex["Connection"]):
    """A user's sockets, oldest first."""

    class Meta:
        index_name = "by_user"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True)
    connected_at = UnicodeAttribute(range_key=True)


class ByRoom(GlobalSecondaryIndex["Connection"]):
    """The sockets that joined a room, oldest first."""

    class Meta:
        index_name = "by_room"
        projection = AllProjection()

    room_id = UnicodeAttribute(hash_key=True)
    connected_at = UnicodeAttribute(range_key=True)


class Connection(Table):
    """One open socket."""

    class Meta:
        table_name = TableName("connections")

    connection_id = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute()
    username = UnicodeAttribute(null=True)  # at the time of connecting
    session_id = UnicodeAttribute()
    protocol = UnicodeAttribute(null=True)  # None: plain JSON
    connected_at = UnicodeAttribute()
    room_id = UnicodeAttribute(null=True)  # the conversation that it joined
    expires_at = IntegerAttribute()
    by_user = ByUser()
    by_room = ByRoom()


class UserSockets(Table):
    """A user's sockets: one attribute for each, so that parallel writes do not meet."""

    class Meta:
        table_name = TableName("user-sockets")

    user_id = UnicodeAttribute(hash_key=True)
    expires_at = IntegerAttribute()  # of the newest socket

    sockets: Sequence[Connection] = ()  # oldest first, the expired ones too

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """The item that DynamoDB returned, with its sockets."""
        item = super().from_raw_data(data)
        found = [
            _socket(item.user_id, name.removeprefix(_ENTRY), value["M"])
            for name, value in data.items()
            if name.startswith(_ENTRY)
        ]
        item.__dict__["sockets"] = sorted(found, key=lambda each: each.connected_at)
        return item


def store(socket: Connection) -> None:
    """Store a socket that was opened; raises `ConditionFailed` if it is stored already."""

    def write_both() -> None:
        with transaction() as write:
            write.put(socket, Connection.is_new())
            _set_entry(write, socket, UserSockets.expires_at.set(socket.expires_at))

    retry_conflicts(write_both)  # all sockets of a user may open at the same time


def move(socket: Connection, room_id: str | None) -> None:
    """Put the socket, as it was read, into this room and no other (None: into none).

    Raises `ConditionFailed` for a socket that is closed or has moved since it was read.
    """
    is_same = (
        Connection.room_id == socket.room_id
        if socket.room_id
        else Connection.room_id.does_not_exist()
    )
    action = Connection.room_id.set(room_id) if room_id else Connection.room_id.remove()
    socket.room_id = room_id
    expires = UserSockets.expires_at.set(UserSockets.expires_at | socket.expires_at)

    def write_both() -> None:
        with transaction() as write:
            write.update(socket, action, condition=Connection.is_there() & is_same)
            _set_entry(write, socket, expires)

    retry_conflicts(write_both)  # all sockets of a user may join their rooms at the same time


def remove(connection_id: str) -> Connection | None:
    """Delete a socket; return it as it was, or None if it was deleted before."""
    deleted = retry_conflicts(lambda: _delete(connection_id))  # it may be entering a room
    if deleted is None:
        return None
    socket = Connection.from_raw_data(deleted)
    remove_entries([socket])
    return socket


def _delete(connection_id: str) -> dict[str, Any] | None:
    from botocore.exceptions import ClientError

    try:
        answer: Any = client("dynamodb").delete_item(
            TableName=Connection.Meta.table_name,
            Key=Connection(connection_id).key(),
            ReturnValues="ALL_OLD",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "TransactionConflictException":
            raise WriteConflict from error
        raise
    deleted: dict[str, Any] | None = answer.get("Attributes")
    return deleted


def remove_entries(sockets: Iterable[Connection]) -> None:
    """Remove sockets that are gone from the items of their users."""
    of_users: dict[str, list[str]] = {}
    for socket in sockets:
        if not socket.user_id:  # who sent a frame that no session admits
            continue
        of_users.setdefault(socket.user_id, []).append(socket.connection_id)
    for user_id, ids in of_users.items():
        # What transactions of the user's delay all the time is removed when the next push fails.
        with contextlib.suppress(ConditionFailed, WriteConflict):
            retry_conflicts(partial(_remove_entries, user_id, ids))


def _remove_entries(user_id: str, ids: Sequence[str]) -> None:
    with conditions():
        UserSockets(user_id).update(
            actions=[_entry(each).remove() for each in ids], condition=UserSockets.is_there()
        )


def remove_expired(user_id: str) -> list[Connection]:
    """Remove the user's sockets that have expired; return the open ones, oldest first, read
    consistently."""
    item = UserSockets.find(user_id, consistent=True)
    remove_entries(each for each in (item.sockets if item else ()) if each.expires_at <= now())
    return open_in([item])


def sockets_of(user_id: str) -> list[Connection]:
    """A user's open sockets, oldest first, read consistently."""
    return open_in([UserSockets.find(user_id, consistent=True)])


def stored_sockets(user_ids: Iterable[str], *, consistent: bool = True) -> list[Connection]:
    """The open sockets of these users. Sessions are not checked (see
    `allowed_sockets`)."""
    found = read_items(((UserSockets, each) for each in user_ids), consistent=consistent)
    return open_in(found.of(UserSockets))


def sockets_in(room_id: str) -> list[Connection]:
    """The open sockets that joined a room, by the index, which may lag. Neither membership nor
    sessions are checked."""
    found, _ = query(Connection.by_room, room_id, limit=_IN_ROOM, newest_first=False)
    return [each for each in found if each.expires_at > now()]


def open_in(items: Iterable[UserSockets | None]) -> list[Connection]:
    """The open sockets in the items of users."""
    return [
        socket for item in items if item for socket in item.sockets if socket.expires_at > now()
    ]


def _entry(connection_id: str) -> Path:
    # A list: ids may contain dots, which are steps in a path.
    return Path([f"{_ENTRY}{connection_id}"])


def _set_entry(write: Transaction, socket: Connection, expires: Action) -> None:
    fields = {
        "session_id": socket.session_id,
        "protocol": socket.protocol,
        "connected_at": socket.connected_at,
        "room_id": socket.room_id,
        "expires_at": socket.expires_at,
    }
    write.update(
        UserSockets(socket.user_id),
        _entry(socket.connection_id).set({name: each for name, each in fields.items() if each}),
        expires,
    )


def _socket(user_id: str, connection_id: str, entry: dict[str, Any]) -> Connection:
    fields = {**entry, "connection_id": {"S": connection_id}, "user_id": {"S": user_id}}
    return Connection.from_raw_data(fields)
