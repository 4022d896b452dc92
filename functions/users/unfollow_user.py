"""DELETE /users/{user}/follow: unfollow an account, or withdraw the request."""

from shared.clock import timestamp
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users import follows
from users.accounts import resolve_user
from users.models import kind_of

app = endpoint("users")


@app.serve(
    "DELETE /users/{user}/follow",
    socialhub=("DELETE /users/unfollow/{user}", "DELETE /api/v1/users/unfollow/{user}"),
    answer=follows.FollowAnswer,
    socialhub_answer=follows.SocialHubFollowAnswer,
)
def unfollow_user(request: Request) -> follows.FollowAnswer | follows.SocialHubFollowAnswer:
    """Unfollow an account."""
    caller, followed = request.caller, resolve_user(request.path["user"], request.caller)
    edge, has_ended = follows.end(caller.user_id, followed.user_id)
    if request.is_socialhub:
        since = edge.since if edge else timestamp()
        follow = follows.socialhub_follow(caller.user_id, followed.user_id, "inactive", since)
        return {"message": "Unfollowed successfully", "follow": follow}
    was_follower = has_ended and edge is not None and kind_of(edge) == "follows"
    return {
        "message": "Unfollowed successfully",
        "follow_status": "none",
        # The stream counts the end in a moment; this answer counts it now.
        "follower_count": max(0, followed.follower_count - was_follower),
    }
