"""WebSocket join_room: enter a conversation with this socket, and get its latest messages."""

from collections.abc import Callable
from typing import Any

from chat.bodies import JoinFrame
from chat.message_history import history
from chat.models import InboxRow
from chat.room_presence import SocketClosed, enter, push_joined, push_left, sockets_in
from chat.rooms import find_view, has_accepted
from chat.websocket import Received, action
from shared.dynamodb.tables import in_parallel, read_items
from shared.realtime.frames import Frame, fitting
from shared.realtime.sockets import Connection
from users.public import User, find_users, is_shown, user_shape

app = action("join_room", body=JoinFrame)

_SHOWN = 100  # users in `room_users`, at most


@app.serve
def join_room(frame: Received[JoinFrame]) -> None:
    """Answer `message_history` and `room_users`, and push `user_joined` to the others."""
    caller = frame.caller
    view = find_view(frame.body.conversation_id, caller.user_id)
    room = view.room
    try:
        before = enter(frame.connection_id, room)
    except SocketClosed:
        return
    socket = Connection(frame.connection_id, user_id=caller.user_id)
    if before != room.conversation_id:
        push_left(socket, before)
    others = [
        each
        for each in sockets_in(room)
        if each.connection_id != frame.connection_id and each.user_id not in view.blocked
    ]
    ids = list(dict.fromkeys([caller.user_id, *(each.user_id for each in others)]))
    calls: list[Callable[[], Any]] = [
        lambda: find_users(ids),
        lambda: read_items((InboxRow, each, room.conversation_id) for each in ids),
    ]
    people, rows = in_parallel(*calls)
    push_joined(view, people.get(caller.user_id), others)
    frame.answer(Frame("message_history", history(view, frame.body.limit)))

    def is_seen(person: User) -> bool:
        row = rows.get(InboxRow, person.user_id, room.conversation_id)
        is_present = person.show_presence and has_accepted(room, row, person.user_id)
        return person.user_id == caller.user_id or (is_present and is_shown(person))

    users = [user_shape(people[each]) for each in ids if each in people and is_seen(people[each])]
    data = {"conversation_id": room.conversation_id, "roomId": room.conversation_id}
    frame.answer(Frame("room_users", {**data, "users": fitting(users[:_SHOWN])}))
