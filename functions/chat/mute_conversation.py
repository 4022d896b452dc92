"""PUT /conversations/{conversation_id}/mute: mute a conversation for the caller, or unmute it."""

from chat.bodies import Muting
from chat.conversation_views import whole_shape
from chat.inbox_rows import ensure_row
from chat.models import InboxRow
from chat.rooms import find_visible_room, folder_in
from chat.shapes import ConversationShape
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("chat")


@app.serve("PUT /conversations/{conversation_id}/mute", body=Muting, answer=ConversationShape)
def mute_conversation(request: Request[Muting]) -> ConversationShape:
    """Mute a conversation."""
    user_id = request.caller.user_id
    room, items = find_visible_room(request.path["conversation_id"], user_id)
    row = items.get(InboxRow, user_id, room.conversation_id)
    row = row or ensure_row(room, user_id, folder_in(room, user_id))
    row.change(InboxRow.is_muted.set(request.body.is_muted), condition=InboxRow.is_there())
    return whole_shape(room, row)
