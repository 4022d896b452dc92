"""DELETE /followers/{user}: end an account's follow of the caller."""

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users import follows
from users.edge_targets import find_target_id

app = endpoint("users")


@app.serve("DELETE /followers/{user}", answer=follows.Done)
def remove_follower(request: Request) -> follows.Done:
    """Remove a follower."""
    caller = request.caller
    follower_id = find_target_id(request.path["user"], caller, "followed_by")
    follows.end(follower_id, caller.user_id, kinds=("follows",))
    return {"message": "They do not follow you"}
