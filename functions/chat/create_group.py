"""POST /conversations/group: start a group."""

from chat.bodies import NewGroup
from chat.conversation_views import whole_shape
from chat.groups import create_group as create
from chat.groups import other_participants
from chat.rooms import own_room
from chat.shapes import ConversationShape
from shared.http.endpoint import endpoint
from shared.http.idempotency import AlreadyMade
from shared.http.requests import Request

app = endpoint("chat")


@app.serve(
    "POST /conversations/group",
    body=NewGroup,
    answer=ConversationShape,
    status=201,
    idempotent=True,
)
def create_group(request: Request[NewGroup]) -> ConversationShape:
    """Create a group."""
    try:
        return whole_shape(*create(request, other_participants(request)))
    except AlreadyMade as earlier:
        return whole_shape(*own_room(earlier.made_id, request.caller.user_id))
