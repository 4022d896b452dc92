"""DELETE /conversations/{conversation_id}: hide a conversation with its past from the caller."""

from typing import TypedDict

from chat.inbox_rows import hide_row
from chat.rooms import find_visible_room
from shared.dynamodb.tables import retry_lost_races
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("chat")


class Hidden(TypedDict):
    """What was done."""

    message: str


@app.serve("DELETE /conversations/{conversation_id}", answer=Hidden)
def hide_conversation(request: Request) -> Hidden:
    """Hide a conversation."""
    user_id = request.caller.user_id
    room, _ = find_visible_room(request.path["conversation_id"], user_id)
    retry_lost_races(lambda: hide_row(room, user_id))
    return {"message": "Conversation hidden"}
