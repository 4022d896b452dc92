"""WebSocket typing: show the others in a room that the caller started or stopped typing."""

from chat.bodies import TypingFrame
from chat.room_presence import find_typist, room_and_user
from chat.websocket import Received, action
from shared.realtime.delivery import send
from shared.realtime.frames import Frame
from shared.realtime.sockets import Connection, sockets_in


def _sockets(frame: Received[TypingFrame]) -> list[Connection]:
    return sockets_in(frame.body.conversation_id)  # by an index, which may lag


app = action("typing", body=TypingFrame, beside=_sockets)


@app.serve
def typing(frame: Received[TypingFrame, list[Connection]]) -> None:
    """Push `user_typing` to the others' sockets in the room; it is not stored."""
    body = frame.body
    # The token may hold an earlier username.
    person, others = find_typist(body.conversation_id, frame.caller.user_id, frame.found)
    names = room_and_user(body.conversation_id, person.user_id, person.username)
    data = {**names, "is_typing": body.is_typing, "isTyping": body.is_typing}
    send(others, Frame("user_typing", data))
