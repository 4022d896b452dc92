"""WebSocket typing: show the others in a room that the caller started or stopped typing."""

from chat.bodies import TypingFrame
from chat.room_presence import room_and_user, sockets_by_index
from chat.rooms import get_visible_room
from chat.websocket import Received, action
from shared.errors import Unauthorized
from shared.realtime.delivery import send
from shared.realtime.frames import Frame
from users.public import find_user

app = action("typing", body=TypingFrame)


@app.serve
def typing(frame: Received[TypingFrame]) -> None:
    """Push `user_typing` to the others' sockets in the room; it is not stored."""
    caller, body = frame.caller, frame.body
    room = get_visible_room(body.conversation_id, caller.user_id)
    person = find_user(caller.user_id)  # the token may hold an earlier username
    if person is None:
        raise Unauthorized
    names = room_and_user(room.conversation_id, person.user_id, person.username)
    data = {**names, "is_typing": body.is_typing, "isTyping": body.is_typing}
    others = [each for each in sockets_by_index(room) if each.user_id != caller.user_id]
    send(others, Frame("user_typing", data))
