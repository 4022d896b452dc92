"""DELETE /messages/{message_id}: unsend a message, for all."""

from typing import TypedDict

from chat.message_removal import unsend
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("chat")


class Unsent(TypedDict):
    """Which message is gone."""

    message: str
    message_id: str


@app.serve("DELETE /messages/{message_id}", answer=Unsent)
def unsend_message(request: Request) -> Unsent:
    """Unsend a message."""
    message_id = request.path["message_id"]
    unsend(request.caller, message_id)
    return {"message": "Message unsent", "message_id": message_id}
