"""Who is in a room: the sockets that joined it, found by the conversation's members.

A room is told what must not last (who comes, goes and types); people who hide their presence come
and go unseen.
"""

from typing import Any

from chat.models import Conversation
from chat.rooms import get_visible_room
from shared.clock import now_ms
from shared.dynamodb.tables import ConditionFailed, read_items
from shared.errors import ConversationNotFound
from shared.realtime import Connection, Frame, open_sockets, push_to_sockets
from users.public import User, find_user


def enter(connection_id: str, room: Conversation) -> str | None:
    """Let the socket be in this room and no other; return the room it was in before.

    Raises `ConditionFailed` for a socket that is gone.
    """
    socket = Connection.find(connection_id, consistent=True)
    if socket is None:
        raise ConditionFailed
    before: str | None = socket.room_id
    Connection(connection_id).change(
        Connection.room_id.set(room.conversation_id), condition=Connection.is_there()
    )
    return before


def leave(connection_id: str, conversation_id: str) -> Connection | None:
    """Let the socket be in no room; return it as it was, if it was in this one."""
    socket = Connection.find(connection_id, consistent=True)
    if socket is None or socket.room_id != conversation_id:
        return None
    try:
        Connection(connection_id).change(
            Connection.room_id.remove(), condition=Connection.room_id == conversation_id
        )
    except ConditionFailed:  # it was closed, or joined another room, meanwhile
        return None
    return socket


def sockets_in(room: Conversation) -> list[Connection]:
    """The open sockets that joined the room, of those who are members still."""
    sockets = open_sockets(room.member_ids())
    # The index that finds a user's sockets may lag. Of two that join at the same time at least one
    # must see the other.
    fresh = read_items(((Connection, each.connection_id) for each in sockets), consistent=True)
    return [each for each in fresh.of(Connection) if each.room_id == room.conversation_id]


def push_joined(room: Conversation, person: User | None, others: list[Connection]) -> None:
    """Tell the other sockets in the room that `person` joined, unless they were there already."""
    if person and person.show_presence and not _is_in(others, person.user_id):
        push_to_sockets(others, Frame("user_joined", movement(room.conversation_id, person)))


def push_left(socket: Connection, room_id: str | None) -> None:
    """Tell who is in the room that the socket left it, unless another one of its user is there."""
    if not room_id:
        return
    try:
        room = get_visible_room(room_id, socket.user_id)
    except ConversationNotFound:  # not theirs any more: nobody there may hear of them
        return
    person = find_user(socket.user_id)
    others = [each for each in sockets_in(room) if each.connection_id != socket.connection_id]
    if person and person.show_presence and not _is_in(others, person.user_id):
        push_to_sockets(others, Frame("user_left", movement(room_id, person)))


def movement(room_id: str, person: User) -> dict[str, Any]:
    """The data of `user_joined` and `user_left`."""
    return {**names(room_id, person.user_id, person.username), "timestamp": now_ms()}


def names(room_id: str, user_id: str, username: str) -> dict[str, Any]:
    """Where and who, in either dialect's names."""
    return {
        "conversation_id": room_id,
        "roomId": room_id,
        "user_id": user_id,
        "userId": user_id,
        "username": username,
    }


def _is_in(sockets: list[Connection], user_id: str) -> bool:
    return any(socket.user_id == user_id for socket in sockets)
