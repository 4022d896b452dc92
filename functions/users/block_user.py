"""POST /users/{user}/block: from now on neither of the two exists for the other."""

from shared.errors import CannotBlockSelf
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users import blocks
from users.edge_targets import find_known

app = endpoint("users")


@app.serve("POST /users/{user}/block", answer=blocks.BlockAnswer)
def block_user(request: Request) -> blocks.BlockAnswer:
    """Block somebody."""
    caller = request.caller
    blocked_id = find_known(request.path["user"], caller, "blocks", active_only=True)
    if blocked_id == caller.user_id:
        raise CannotBlockSelf
    blocks.block(caller, blocked_id)
    return {"message": "Blocked", "is_blocked": True}
