"""POST /conversations/{conversation_id}/messages: send a message to a conversation."""

from chat.bodies import NewMessage
from chat.message_delivery import send_message as send
from chat.shapes import MessageShape
from shared.http.endpoint import endpoint
from shared.http.requests import Answer, Request

app = endpoint("chat")


@app.serve(
    "POST /conversations/{conversation_id}/messages",
    body=NewMessage,
    answer=MessageShape,
    status=201,
    idempotent=True,
)
def send_message(request: Request[NewMessage]) -> MessageShape | Answer:
    """Send a message."""
    sent = send(request.caller, request.path["conversation_id"], request.body)
    return sent.shape if sent.is_new else Answer(sent.shape, status=200)
