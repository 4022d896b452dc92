"""DELETE /conversations/{conversation_id}: hide a conversation with its past from the caller."""

from typing import TypedDict

from chat.inbox import ensure_row
from chat.models import Conversation, InboxRow, Message
from chat.rooms import find_visible_room, folder_in
from shared.dynamodb.tables import query, retry_lost_races
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
    retry_lost_races(lambda: _hide(room, user_id))
    return {"message": "Conversation hidden"}


def _hide(room: Conversation, user_id: str) -> None:
    """Raises `ConditionFailed` if a message was counted in the meantime."""
    row = InboxRow.find(user_id, room.conversation_id, consistent=True)
    if row is None:
        row = ensure_row(room, user_id, folder_in(room, user_id))
    # Read after the row, so that it includes all that the row has counted.
    newest, _ = query(Message, room.conversation_id, limit=1, consistent=True)
    hidden_to = max(
        [each.message_id for each in newest] + [row.last_message_id or "", row.hidden_to or ""]
    )
    counted: str | None = row.counted_seq
    changes = [
        InboxRow.unread_count.set(0),
        InboxRow.active_at.remove(),  # which takes it out of the list
        InboxRow.last_message_id.remove(),
    ]
    if hidden_to:
        changes.append(InboxRow.hidden_to.set(hidden_to))
    row.change(
        *changes,
        condition=InboxRow.counted_seq == counted
        if counted
        else InboxRow.counted_seq.does_not_exist(),
    )
