"""WebSocket join_room: enter a conversation with this socket, and get its latest messages."""

from chat.bodies import JoinFrame
from chat.message_history import history
from chat.room_presence import SocketClosed, enter, push_joined, push_left, sockets_in
from chat.rooms import find_view
from chat.websocket import Received, action
from shared.realtime.frames import Frame
from shared.realtime.sockets import Connection
from users.public import find_users, is_shown, user_shape

app = action("join_room", body=JoinFrame)

_SHOWN = 100  # users in `room_users`: a frame of more than 128 KB would not be delivered


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
    people = find_users({caller.user_id, *(each.user_id for each in others)})
    push_joined(room, people.get(caller.user_id), others)
    frame.answer(Frame("message_history", history(view, frame.body.limit)))
    users = [
        user_shape(person)
        for person in people.values()
        if person.user_id == caller.user_id or (person.show_presence and is_shown(person))
    ]
    data = {"conversation_id": room.conversation_id, "roomId": room.conversation_id}
    frame.answer(Frame("room_users", {**data, "users": users[:_SHOWN]}))
