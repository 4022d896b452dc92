"""DELETE /users/{user}/block: end a block; follows that it ended stay ended."""

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users import blocks
from users.edge_targets import find_target_id

app = endpoint("users")


@app.serve("DELETE /users/{user}/block", answer=blocks.BlockAnswer)
def unblock_user(request: Request) -> blocks.BlockAnswer:
    """Unblock an account."""
    blocked_id = find_target_id(request.path["user"], request.caller, "blocks")
    blocks.unblock(request.caller.user_id, blocked_id)
    return {"message": "No longer blocked", "is_blocked": False}
