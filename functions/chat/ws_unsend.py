"""WebSocket unsend: unsend a message, for all."""

from chat.bodies import MessageFrame
from chat.message_removal import unsend
from chat.websocket import Received, action

app = action("unsend", body=MessageFrame)


@app.serve
def handle_unsending(frame: Received[MessageFrame]) -> None:
    """Delete the message, and answer its `message_deleted`."""
    frame.answer(unsend(frame.caller, frame.body.message_id, origin=frame.connection_id))
