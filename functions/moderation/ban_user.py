"""POST /admin/users/{user}/ban: ban an account, or change its ban."""

from typing import Annotated

from pydantic import Field

from moderation import audit
from moderation.accounts import AccountAnswer, as_stored
from shared.access import revocation
from shared.clock import now, timestamp
from shared.dynamodb.tables import transaction
from shared.errors import CannotBanAdmin
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.requests import Request
from users.public import ban_account, resolve_any

_DAY = 24 * 3600  # seconds

app = endpoint("moderation")


class BanBody(Body):
    """The reason, and for how many days (for good, if there is no number)."""

    reason: Annotated[str, text(0, 500)] | None = None
    duration_days: Annotated[int, Field(ge=1, le=3650)] | None = None


@app.serve("POST /admin/users/{user}/ban", auth="admin", body=BanBody, answer=AccountAnswer)
def ban_user(request: Request[BanBody]) -> AccountAnswer:
    """Ban an account: it is hidden, and its sessions end."""
    user, ban = resolve_any(request.path["user"], request.caller), request.body
    if user.role == "admin":
        raise CannotBanAdmin
    until = timestamp(now() + ban.duration_days * _DAY) if ban.duration_days else None
    with transaction() as write:
        ban_account(write, user, ban.reason, until)
        revocation.end_all_sessions(write, user.user_id)
        target = ("user", user.user_id)
        audit.record(write, request.caller.user_id, "ban_user", target, ban.reason, until=until)
    return {"message": f"{user.username} is banned.", "user": as_stored(user)}
