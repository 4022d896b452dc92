"""DELETE /conversations/{conversation_id}/leave: leave a group."""

from typing import TypedDict

from chat.group_changes import change_group
from chat.groups import departure
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("chat")


class Left(TypedDict):
    """What was done."""

    message: str


@app.serve("DELETE /conversations/{conversation_id}/leave", answer=Left)
def leave_group(request: Request) -> Left:
    """Leave a group."""
    plan = departure(request.caller.user_id)
    change_group(request.caller, request.path["conversation_id"], plan)
    return {"message": "Group left"}
