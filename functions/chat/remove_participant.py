"""DELETE /conversations/{conversation_id}/participants/{user}: remove a person from a group."""

from chat.conversation_views import whole_shape
from chat.group_changes import change_group
from chat.groups import departure, removal
from chat.rooms import own_room
from chat.shapes import ConversationShape
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.public import resolve_user

app = endpoint("chat")


@app.serve("DELETE /conversations/{conversation_id}/participants/{user}", answer=ConversationShape)
def remove_participant(request: Request) -> ConversationShape:
    """Remove a person from a group; oneself: leave it."""
    caller, conversation_id = request.caller, request.path["conversation_id"]
    room, row = own_room(conversation_id, caller.user_id)
    person = resolve_user(request.path["user"], caller)
    if person.user_id == caller.user_id:
        shape = whole_shape(room, row)
        change_group(caller, conversation_id, departure(caller.user_id))
        return shape
    plan = removal(caller.user_id, person.user_id)
    return whole_shape(*change_group(caller, conversation_id, plan))
