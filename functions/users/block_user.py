"""POST /users/{user}/block: hide the caller and an account from each other."""

from shared.errors import CannotBlockSelf
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users import blocks
from users.edge_targets import find_target_id

app = endpoint("users")


@app.serve("POST /users/{user}/block", answer=blocks.BlockAnswer)
def block_user(request: Request) -> blocks.BlockAnswer:
    """Block an account."""
    caller = request.caller
    blocked_id = find_target_id(request.path["user"], caller, "blocks", active_only=True)
    if blocked_id == caller.user_id:
        raise CannotBlockSelf
    blocks.block(caller, blocked_id)
    return {"message": "Blocked", "is_blocked": True}
