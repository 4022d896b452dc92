"""POST /conversations/{conversation_id}/messages: send a message to a conversation."""

from chat.bodies import NewMessage
from chat.message_delivery import resend_message
from chat.message_delivery import send_message as send
from chat.shapes import MessageShape
from shared.dynamodb.tables import Transaction
from shared.http.endpoint import endpoint
from shared.http.idempotency import AlreadyMade, claim, has_key
from shared.http.requests import Answer, Request

app = endpoint("chat")


@app.serve(
    "POST /conversations/{conversation_id}/messages",
    body=NewMessage,
    answer=MessageShape,
    status=201,
    other_status=200,
    idempotent=True,
)
def send_message(request: Request[NewMessage]) -> MessageShape | Answer:
    """Send a message."""
    caller, conversation_id = request.caller, request.path["conversation_id"]

    def also(write: Transaction, message_id: str) -> None:
        claim(write, request, message_id)

    try:
        sent = send(caller, conversation_id, request.body, also=also if has_key(request) else None)
    except AlreadyMade as earlier:
        return resend_message(caller, conversation_id, earlier.made_id).shape
    return sent.shape if sent.is_new else Answer(sent.shape, status=200)
