"""POST /follow-requests/{user}/approve: accept a request to follow the caller."""

from shared.errors import UserNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users import follow_requests
from users.accounts import find_user, resolve_user
from users.follows import Done

app = endpoint("users")


@app.serve("POST /follow-requests/{user}/approve", answer=Done)
def approve_follow_request(request: Request) -> Done:
    """Approve a follow request."""
    follower = resolve_user(request.path["user"], request.caller)
    owner = find_user(request.caller.user_id, consistent=True)
    if owner is None:
        raise UserNotFound
    follow_requests.approve(owner, follower.user_id, follower.username)
    return {"message": "Follow request approved"}
