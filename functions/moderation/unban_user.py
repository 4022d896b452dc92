"""POST /admin/users/{user}/unban: end an account's ban."""

from moderation import audit
from moderation.accounts import AccountAnswer, as_stored
from shared.dynamodb.tables import transaction
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.public import resolve_any, unban_account

app = endpoint("moderation")


@app.serve("POST /admin/users/{user}/unban", auth="admin", answer=AccountAnswer)
def unban_user(request: Request) -> AccountAnswer:
    """End a ban."""
    user = resolve_any(request.path["user"], request.caller)
    if user.status == "banned":
        with transaction() as write:
            unban_account(write, user)
            audit.record(write, request.caller.user_id, "unban_user", ("user", user.user_id))
    return {"message": f"{user.username} is not banned.", "user": as_stored(user)}
