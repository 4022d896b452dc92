"""GET /conversations/{conversation_id}: one conversation with all its participants."""

from chat.conversation_views import whole_shape
from chat.rooms import own_room
from chat.shapes import ConversationShape
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("chat")


@app.serve("GET /conversations/{conversation_id}", answer=ConversationShape)
def get_conversation(request: Request) -> ConversationShape:
    """Get a conversation."""
    return whole_shape(*own_room(request.path["conversation_id"], request.caller.user_id))
