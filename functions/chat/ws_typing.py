"""WebSocket typing: show the others in a room that the caller started or stopped typing."""

from chat.bodies import TypingFrame
from chat.room_presence import room_and_user, sockets_by_index
from chat.rooms import find_view
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
    view = find_view(body.conversation_id, caller.user_id)
    person = find_user(caller.user_id)  # the token may hold an earlier username
    if person is None:
        raise Unauthorized
    names = room_and_user(view.room.conversation_id, person.user_id, person.username)
    data = {**names, "is_typing": body.is_typing, "isTyping": body.is_typing}
    hidden = {caller.user_id, *view.blocked}
    others = [each for each in sockets_by_index(view.room) if each.user_id not in hidden]
    send(others, Frame("user_typing", data))
