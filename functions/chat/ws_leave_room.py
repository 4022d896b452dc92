"""WebSocket leave_room: leave the conversation that this socket entered."""

from chat.bodies import RoomFrame
from chat.room_presence import leave, movement, push_left
from chat.rooms import get_visible_room
from chat.websocket import Received, action
from shared.errors import Unauthorized
from shared.realtime.frames import Frame
from users.public import find_user

app = action("leave_room", body=RoomFrame)


@app.serve
def leave_room(frame: Received[RoomFrame]) -> None:
    """Answer `user_left`, and push it to the others in the room."""
    conversation_id, user_id = frame.body.conversation_id, frame.caller.user_id
    socket = leave(frame.connection_id, conversation_id)
    if socket:
        push_left(socket, conversation_id)
    else:
        get_visible_room(conversation_id, user_id)  # raises for those who are not members
    person = find_user(user_id)
    if person is None:
        raise Unauthorized
    frame.answer(Frame("user_left", movement(conversation_id, person)))
