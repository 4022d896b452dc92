"""POST /users/{user}/follow: follow a public account, or ask to follow a private one."""

from shared.errors import AlreadyFollowing, CannotFollowSelf, UserNotFound
from shared.http.endpoint import endpoint
from shared.http.fields import Body
from shared.http.requests import Request
from users import follows
from users.accounts import is_shown, resolve_any

app = endpoint("users")


class NewFollow(Body):
    """The settings of the follow."""

    notify_stories: bool | None = None


class SocialHubAlreadyFollowing(AlreadyFollowing):
    """The same error with the status that SocialHub uses."""

    status = 400


@app.serve(
    "POST /users/{user}/follow",
    socialhub=("POST /users/follow/{user}", "POST /api/v1/users/follow/{user}"),
    body=NewFollow,
    answer=follows.FollowAnswer,
    socialhub_answer=follows.SocialHubFollowAnswer,
    idempotent=True,
)
def follow_user(
    request: Request[NewFollow],
) -> follows.FollowAnswer | follows.SocialHubFollowAnswer:
    """Follow an account."""
    # Read consistently, so an account that was made private a moment ago is asked, not followed.
    # The write has the condition that neither blocks the other.
    caller, followed = request.caller, resolve_any(request.path["user"], request.caller)
    if followed.user_id == caller.user_id:
        raise CannotFollowSelf
    if not is_shown(followed):
        raise UserNotFound
    try:
        edge = follows.begin(caller, followed, notify_stories=request.body.notify_stories)
    except AlreadyFollowing as error:
        raise SocialHubAlreadyFollowing if request.is_socialhub else error from error
    message = "Follow request sent" if followed.is_private else "Followed successfully"
    if request.is_socialhub:
        status = "pending" if followed.is_private else "active"
        follow = follows.socialhub_follow(caller.user_id, followed.user_id, status, edge.since)
        return {"message": message, "follow": follow}
    return {
        "message": message,
        "follow_status": "pending" if followed.is_private else "approved",
        # The stream counts the edge in a moment; this answer counts it now.
        "follower_count": followed.follower_count + (0 if followed.is_private else 1),
    }
