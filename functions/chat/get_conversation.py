"""GET /conversations/{conversation_id}: one conversation with all its participants."""

from chat.conversation_views import conversation_shapes
from chat.rooms import own_room
from chat.shapes import ConversationShape
from shared.config import config
from shared.errors import ConversationNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("chat")


@app.serve("GET /conversations/{conversation_id}", answer=ConversationShape)
def get_conversation(request: Request) -> ConversationShape:
    """Get a conversation."""
    user_id = request.caller.user_id
    room, row = own_room(request.path["conversation_id"], user_id)
    shapes = conversation_shapes(user_id, [(room, row)], config.limits.max_group_size)
    if not shapes:
        raise ConversationNotFound
    return shapes[0]
