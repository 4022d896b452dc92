"""POST /follow-requests/{user}/reject: reject a request to follow the caller."""

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users import follow_requests
from users.accounts import resolve_user
from users.follows import Done

app = endpoint("users")


@app.serve("POST /follow-requests/{user}/reject", answer=Done)
def reject_follow_request(request: Request) -> Done:
    """Reject a follow request."""
    follower = resolve_user(request.path["user"], request.caller)
    follow_requests.reject(request.caller.user_id, follower.user_id)
    return {"message": "Follow request rejected"}
