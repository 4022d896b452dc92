"""WebSocket send_message: send a message to a conversation."""

from chat.bodies import NewMessageFrame
from chat.message_delivery import send_message
from chat.websocket import Received, action

app = action("send_message", body=NewMessageFrame)


@app.serve
def handle_message(frame: Received[NewMessageFrame]) -> None:
    """Send the message, and answer its `new_message`."""
    sent = send_message(
        frame.caller, frame.body.conversation_id, frame.body, origin=frame.connection_id
    )
    frame.answer(sent.frame)
