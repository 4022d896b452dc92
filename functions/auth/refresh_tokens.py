"""POST /auth/refresh: trade a refresh token, which becomes invalid, for new tokens.

Two tabs of a browser may send the same token at once. For 30 s after its use, the client that used
it gets the same successor again: a refresh token is the signed name of a generation, so nothing of
the successor is stored. The same client has the address and the User-Agent of the first use.
"""

import hashlib
from typing import Annotated

from pydantic import AliasChoices, Field

from auth.models import Session
from auth.sessions import TokenSet, refresh_expiry, token_set
from auth.user_agents import device_name
from shared.access.revocation import end_session
from shared.access.sessions import is_session_alive
from shared.access.tokens import RefreshToken
from shared.clock import now, now_ms, timestamp
from shared.dynamodb.tables import ConditionFailed, in_parallel, transaction
from shared.errors import InvalidRefreshToken
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.requests import Request
from users.public import User, account_status, find_user

_REPEATABLE = 30_000  # milliseconds in which the same client may use a spent token again

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
    agent = agent_of(request)
    try:
        session.change(
            Session.generation.add(1),
            Session.last_seen_at.set(timestamp()),
            Session.device.set(device_name(request.headers.get("user-agent", ""))),
            Session.ip.set(request.ip),
            Session.agent.set(agent),
            Session.repeatable_until.set(now_ms() + _REPEATABLE),
            Session.expires_at.set(refresh_expiry()),
            condition=(Session.generation == given.generation) & (Session.expires_at > int(now())),
        )
    except ConditionFailed as error:
        stored = Session.find(given.user_id, given.session_id, consistent=True)
        if stored is None or not is_repeat(stored, given, request.ip, agent):
            end_if_spent(stored, given)
            raise InvalidRefreshToken from error
        session = stored
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


def agent_of(request: Request[Refresh]) -> str:
    """A digest of the User-Agent header, which may be long."""
    return hashlib.sha256(request.headers.get("user-agent", "").encode()).hexdigest()


def is_repeat(session: Session, given: RefreshToken, ip: str, agent: str) -> bool:
    """Whether the client that spent this token uses it again within 30 s, and no refresh came after
    that."""
    return (
        session.generation == given.generation + 1
        and (session.repeatable_until or 0) > now_ms()
        and (session.ip, session.agent) == (ip, agent)
        and session.expires_at > now()
    )


def end_if_spent(session: Session | None, given: RefreshToken) -> None:
    """End the session if the token was used before: one of the two uses is a thief's, and there is
    no way to know which."""
    if session and session.generation > given.generation:
        with transaction() as write:
            end_session(write, given.user_id, given.session_id)
            write.delete(session)
