"""WebSocket send_message: send a message to a conversation."""

from chat.bodies import NewMessageFrame
from chat.message_delivery import Opening, read_opening, send_message
from chat.websocket import Received, action


def _opening(frame: Received[NewMessageFrame]) -> Opening:
    return read_opening(frame.caller, frame.body.conversation_id, frame.body)


app = action("send_message", body=NewMessageFrame, beside=_opening)


@app.serve
def handle_message(frame: Received[NewMessageFrame, Opening]) -> None:
    """Send the message, and answer its `new_message`."""
    body, origin = frame.body, frame.connection_id
    sent = send_message(frame.caller, body.conversation_id, body, origin, frame.found)
    frame.answer(sent.frame)
