"""WebSocket typing: tell the others in a conversation that the caller types, or stopped to."""

from chat.bodies import TypingFrame
from chat.room_presence import names, sockets_in
from chat.rooms import get_visible_room
from chat.websocket import Received, action
from shared.errors import Unauthorized
from shared.realtime import Frame, push_to_sockets
from users.public import find_user

app = action("typing", body=TypingFrame)


@app.serve
def typing(frame: Received[TypingFrame]) -> None:
    """Send `user_typing` to the others' sockets in the room; it is stored nowhere."""
    caller, body = frame.caller, frame.body
    room = get_visible_room(body.conversation_id, caller.user_id)
    person = find_user(caller.user_id)  # a token may tell the name of before
    if person is None:
        raise Unauthorized
    data = names(room.conversation_id, person.user_id, person.username)
    told = Frame("user_typing", {**data, "is_typing": body.is_typing, "isTyping": body.is_typing})
    push_to_sockets((each for each in sockets_in(room) if each.user_id != caller.user_id), told)
