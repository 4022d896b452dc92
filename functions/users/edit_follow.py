"""PUT /users/{user}/follow: choose whether new stories of a followed account are announced."""

from typing import Annotated, TypedDict

from shared.http.endpoint import endpoint
from shared.http.enums import one_of
from shared.http.fields import Body
from shared.http.requests import Request
from users import story_notifications
from users.accounts import resolve_user
from users.models import kind_of

app = endpoint("users")


class FollowEdit(Body):
    """The new settings of the follow."""

    notify_stories: bool


class FollowSettings(TypedDict):
    """The caller's follow after the change."""

    message: str
    follow_status: Annotated[str, one_of("none", "pending", "approved")]
    notify_stories: bool


@app.serve("PUT /users/{user}/follow", body=FollowEdit, answer=FollowSettings)
def edit_follow(request: Request[FollowEdit]) -> FollowSettings:
    """Change a follow, or a request to follow."""
    followed = resolve_user(request.path["user"], request.caller)
    is_on = request.body.notify_stories
    edge = story_notifications.switch(request.caller.user_id, followed.user_id, is_on)
    return {
        "message": "Follow changed",
        "follow_status": "approved" if kind_of(edge) == "follows" else "pending",
        "notify_stories": is_on,
    }
