"""PUT /conversations/{conversation_id}: change a group's name, picture or administrators."""

from chat.bodies import GroupEdit
from chat.conversation_views import whole_shape
from chat.group_changes import change_group
from chat.groups import edit
from chat.shapes import ConversationShape
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("chat")


@app.serve("PUT /conversations/{conversation_id}", body=GroupEdit, answer=ConversationShape)
def update_group(request: Request[GroupEdit]) -> ConversationShape:
    """Change a group."""
    plan = edit(request.caller.user_id, request.body)
    return whole_shape(*change_group(request.caller, request.path["conversation_id"], plan))
