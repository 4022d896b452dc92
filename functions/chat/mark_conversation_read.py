"""POST /conversations/{conversation_id}/read: mark a conversation as read up to a message."""

from typing import TypedDict

from chat.bodies import LastRead
from chat.read_positions import mark_read
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("chat")


class Position(TypedDict):
    """How far the caller has read, and how much is unread."""

    conversation_id: str
    last_read_message_id: str | None
    unread_count: int


@app.serve("POST /conversations/{conversation_id}/read", body=LastRead, answer=Position)
def mark_conversation_read(request: Request[LastRead]) -> Position:
    """Mark a conversation as read."""
    conversation_id = request.path["conversation_id"]
    row = mark_read(request.caller, conversation_id, request.body.message_id).row
    return {
        "conversation_id": conversation_id,
        "last_read_message_id": row.last_read_message_id,
        "unread_count": row.unread_count,
    }
