"""WebSocket mark_read: mark a conversation as read up to a message."""

from chat.bodies import LastReadFrame
from chat.read_positions import mark_read
from chat.websocket import Received, action

app = action("mark_read", body=LastReadFrame)


@app.serve
def handle_reading(frame: Received[LastReadFrame]) -> None:
    """Move the caller's position, and answer its `message_read`."""
    body = frame.body
    position = mark_read(
        frame.caller, body.conversation_id, body.message_id, origin=frame.connection_id
    )
    frame.answer(position.frame)
