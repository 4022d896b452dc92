"""POST /auth/refresh: trade a refresh token, which becomes invalid, for new tokens."""

from typing import Annotated

from pydantic import AliasChoices, Field

from auth.models import Session
from auth.sessions import TokenSet, refresh_expiry, token_set
from auth.user_agents import device_name
from shared.access.revocation import end_session
from shared.access.sessions import is_session_alive
from shared.access.tokens import RefreshToken
from shared.clock import now, timestamp
from shared.dynamodb.tables import ConditionFailed, in_parallel, transaction
from shared.errors import InvalidRefreshToken
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.requests import Request
from users.public import User, account_status, find_user

app = endpoint("auth")


class Refresh(Body):
    """The session's latest refresh token."""

    refresh_token: Annotated[str, text(1, 1024)] = Field(
        validation_alias=AliasChoices("refresh_token", "refreshToken")
    )


@app.serve("POST /auth/refresh", auth="none", tier="refresh", body=Refresh, answer=TokenSet)
def refresh_tokens(request: Request[Refresh]) -> TokenSet:
    """Trade a refresh token for new tokens."""
    given = RefreshToken.from_text(request.body.refresh_token)
    user = active_account(given)
    session = Session(given.user_id, given.session_id)
    try:
        session.change(
            Session.generation.add(1),
            Session.last_seen_at.set(timestamp()),
            Session.device.set(device_name(request.headers.get("user-agent", ""))),
            Session.ip.set(request.ip),
            Session.expires_at.set(refresh_expiry()),
            condition=(Session.generation == given.generation) & (Session.expires_at > int(now())),
        )
    except ConditionFailed as error:
        end_if_spent(given)
        raise InvalidRefreshToken from error
    return token_set(user, session)


def active_account(given: RefreshToken) -> User:
    """The account of a session that has not been ended; raises `InvalidRefreshToken`."""
    user, is_alive = in_parallel(
        lambda: find_user(given.user_id, consistent=True),
        lambda: is_session_alive(given.user_id, given.session_id),
    )
    if not isinstance(user, User) or not is_alive or account_status(user) in ("banned", "deleted"):
        raise InvalidRefreshToken
    return user


def end_if_spent(given: RefreshToken) -> None:
    """End the session if the token was used before: one of the two uses is a thief's, and there is
    no way to know which."""
    session = Session.find(given.user_id, given.session_id, consistent=True)
    if session and session.generation > given.generation:
        with transaction() as write:
            end_session(write, given.user_id, given.session_id)
            write.delete(session)
