"""POST /admin/users/{user}/ban: ban an account, or change its ban."""

from typing import Annotated

from pydantic import Field

from moderation.accounts import AccountAnswer, as_stored
from moderation.strikes import Offence, record_strike
from shared.access import revocation
from shared.clock import now, timestamp
from shared.dynamodb.tables import transaction
from shared.errors import CannotBanAdmin
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.requests import Request
from shared.ids import new_id
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
    strike_id = new_id()
    with transaction() as write:
        ban_account(write, user, ban.reason, until, strike_id)
        revocation.end_all_sessions(write, user.user_id)
        record_strike(
            write,
            request.caller.user_id,
            "ban_user",
            Offence("user", user.user_id, user.user_id),
            ban.reason or None,
            strike_id=strike_id,
            until=until,
        )
    return {"message": f"{user.username} is banned.", "user": as_stored(user)}
