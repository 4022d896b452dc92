"""POST /conversations/{conversation_id}/participants: add people to a group."""

from chat.bodies import NewParticipants
from chat.conversation_views import whole_shape
from chat.group_changes import change_group
from chat.groups import addition
from chat.rooms import own_room
from chat.shapes import ConversationShape
from shared.errors import AlreadyParticipant
from shared.http.endpoint import endpoint
from shared.http.idempotency import AlreadyMade, claim, made_before
from shared.http.requests import Request

app = endpoint("chat")


@app.serve(
    "POST /conversations/{conversation_id}/participants",
    body=NewParticipants,
    answer=ConversationShape,
    idempotent=True,
)
def add_participant(request: Request[NewParticipants]) -> ConversationShape:
    """Add people to a group."""
    caller, conversation_id = request.caller, request.path["conversation_id"]
    own_room(conversation_id, caller.user_id)  # who is no member learns nothing of those named
    plan = addition(caller.user_id, request.body.added)
    try:
        group = change_group(
            caller, conversation_id, plan, lambda write: claim(write, request, conversation_id)
        )
    except AlreadyMade:
        group = own_room(conversation_id, caller.user_id)
    except AlreadyParticipant:
        if not made_before(request):
            raise
        group = own_room(conversation_id, caller.user_id)
    return whole_shape(*group)
