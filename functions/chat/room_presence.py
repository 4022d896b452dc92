"""Who is in a room: the sockets that joined it.

A socket's `room_id` says which room it joined. What is pushed to a room (who joins, leaves or
types) is not stored. People who hide their presence join and leave unseen; so do, and type unseen,
those who have not accepted the conversation: who wrote to them without an answer learns nothing. A
person's last presence is not stored, so `last_seen_at` of a person who is offline is null, unless a
push has just reported it.
"""

from collections.abc import Sequence
from typing import Any

from chat.models import Conversation, InboxRow
from chat.rooms import View, find_view, has_accepted, other_of
from shared.access.revocation import Gate, gate_key
from shared.clock import now_ms
from shared.dynamodb.tables import ConditionFailed, Key, read_items, retry_lost_races
from shared.errors import ConversationNotFound, Unauthorized
from shared.realtime.allowed_sockets import of_living_sessions, open_sockets
from shared.realtime.delivery import send
from shared.realtime.frames import Frame
from shared.realtime.sockets import Connection, move
from users.public import User, find_user, relation, relation_from, relation_keys


class SocketClosed(Exception):
    """The socket that asks is closed, so there is no one to answer."""


def enter(connection_id: str, room: Conversation) -> str | None:
    """Put the socket into this room and no other; return the room it was in before.

    Raises `SocketClosed` for a socket that is closed.
    """
    return retry_lost_races(lambda: _enter(connection_id, room.conversation_id))


def leave(connection_id: str, conversation_id: str) -> Connection | None:
    """Take the socket out of this room; return it as it was, or None if it was not in it."""
    socket = Connection.find(connection_id, consistent=True)
    if socket is None or socket.room_id != conversation_id:
        return None
    try:
        move(socket, None)
    except ConditionFailed:  # it was closed or joined another room in the meantime
        return None
    return socket


def sockets_in(room: Conversation) -> list[Connection]:
    """The open sockets in the room that belong to present members, read consistently: if two join
    at the same time, at least one of them sees the other."""
    found = open_sockets(room.member_ids())
    return [each for each in found if each.room_id == room.conversation_id]


def find_typist(
    conversation_id: str, user_id: str, found: Sequence[Connection]
) -> tuple[User, list[Connection]]:
    """A member's account, and those of the sockets `found` in the room that may be pushed what they
    do: of other members without a block between whose sessions have not ended, of no one until
    they have accepted the conversation. One read, whatever the number of members.

    Raises `ConversationNotFound` as `find_view`.
    """
    others = sorted({each.user_id for each in found} - {user_id})
    pairs = [
        key for other in others for key in relation_keys(user_id, other, ("blocks", "blocked_by"))
    ]
    keys: list[Key] = [(Conversation, conversation_id), (User, user_id), *map(gate_key, others)]
    keys.append((InboxRow, user_id, conversation_id))
    items = read_items([*keys, *pairs], consistent={Conversation, Gate})
    room, person = items.get(Conversation, conversation_id), items.get(User, user_id)
    if room is None or not room.has(user_id):
        raise ConversationNotFound
    blocked = {each for each in others if relation_from(items, user_id, each).blocked}
    other = other_of(room, user_id)
    if other and (other in blocked if other in others else relation(user_id, other).blocked):
        raise ConversationNotFound
    if person is None:
        raise Unauthorized
    if not has_accepted(room, items.get(InboxRow, user_id, conversation_id), user_id):
        return person, []
    shown = {*others} - blocked
    present = [each for each in found if each.user_id in shown and room.has(each.user_id)]
    return person, of_living_sessions(present, items)


def push_joined(view: View, person: User | None, others: list[Connection]) -> None:
    """Push `user_joined` to the other sockets in the room, unless the member whose view it is was
    in it already; `person` is their account."""
    if person and _is_seen(view, person) and not _is_in(others, person.user_id):
        send(others, Frame("user_joined", movement(view.room.conversation_id, person)))


def push_left(socket: Connection, room_id: str | None) -> None:
    """Push `user_left` to the sockets in the room, unless another socket of the user is there."""
    if not room_id:
        return
    try:
        view = find_view(room_id, socket.user_id)
    except ConversationNotFound:  # no longer a member, or blocked: the others may not know
        return
    person = find_user(socket.user_id)
    others = [
        each
        for each in sockets_in(view.room)
        if each.connection_id != socket.connection_id and each.user_id not in view.blocked
    ]
    if person and _is_seen(view, person) and not _is_in(others, person.user_id):
        send(others, Frame("user_left", movement(room_id, person)))


def movement(room_id: str, person: User) -> dict[str, Any]:
    """The data of `user_joined` and `user_left`."""
    return {**room_and_user(room_id, person.user_id, person.username), "timestamp": now_ms()}


def room_and_user(room_id: str, user_id: str, username: str) -> dict[str, Any]:
    """The fields that name the room and the user, in both dialects."""
    return {
        "conversation_id": room_id,
        "roomId": room_id,
        "user_id": user_id,
        "userId": user_id,
        "username": username,
    }


def _enter(connection_id: str, conversation_id: str) -> str | None:
    """Raises `ConditionFailed` if the socket moved in the meantime."""
    socket = Connection.find(connection_id, consistent=True)
    if socket is None:
        raise SocketClosed
    before: str | None = socket.room_id
    if before != conversation_id:
        move(socket, conversation_id)
    return before


def _is_seen(view: View, person: User) -> bool:
    return view.has_accepted and person.show_presence


def _is_in(others: list[Connection], user_id: str) -> bool:
    return any(socket.user_id == user_id for socket in others)
