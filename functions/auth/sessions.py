"""Sessions, and the tokens issued for them."""

from typing import Annotated, Any, TypedDict

from auth.known_devices import devices_with, notify_of_new_device
from auth.models import Credentials, Session
from auth.user_agents import device_name
from shared.access.caller import Caller
from shared.access.tokens import RefreshToken, make_token
from shared.clock import now, timestamp
from shared.config import config
from shared.dynamodb.tables import Transaction
from shared.errors import HoshiError, InvalidCredentials
from shared.http.enums import one_of
from shared.http.requests import Request
from shared.ids import new_id
from users.public import (
    SocialHubUser,
    User,
    UserShape,
    is_shown,
    language_changes,
    restore_account,
    user_shape,
)


class TokenSet(TypedDict):
    """The tokens of a session (docs/api.md section 2)."""

    token: str
    access_token: str
    token_type: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int
    scope: Annotated[str, one_of("full", "unverified")]
    user: UserShape | SocialHubUser


def add_session(write: Transaction, user: User, request: Request[Any, Any]) -> Session:
    """Add a new session of `user`, on the requesting device, to the transaction that allows it."""
    moment = timestamp()
    session = Session(
        user.user_id,
        new_id(),
        device=device_name(request.headers.get("user-agent", "")),
        ip=request.ip,
        created_at=moment,
        last_seen_at=moment,
        expires_at=refresh_expiry(),
    )
    write.put(session, condition=Session.is_new())
    return session


def log_in(
    write: Transaction,
    user: User,
    credentials: Credentials,
    session: Session,
    otherwise: HoshiError,
    new_hash: str | None = None,
    restores: bool = False,
    accept_language: str = "",
) -> None:
    """Record the log-in, on condition that neither the account's status nor the verified
    credentials have changed since they were read: else a ban or a new password of the same moment,
    which ends the sessions that exist, would miss this one. A log-in that `restores` the account
    undoes its deletion. Mails to the account follow `accept_language`."""
    record_log_in(write, user, credentials, session, otherwise, new_hash)
    if restores:
        restore_account(write, user, otherwise)
        return
    unchanged = User.status == user.status
    if user.banned_until:
        unchanged &= User.banned_until == user.banned_until
    # A write costs what the check costs; the restore above leaves the language to the next log-in.
    if changes := language_changes(user, accept_language):
        write.update(User(user.user_id), *changes, condition=unchanged, otherwise=otherwise)
    else:
        write.check(User, user.user_id, condition=unchanged, otherwise=otherwise)


def record_log_in(
    write: Transaction,
    user: User,
    credentials: Credentials,
    session: Session,
    otherwise: HoshiError,
    new_hash: str | None = None,
) -> None:
    """`log_in` for a transaction that writes the account itself, and so checks its status. Both
    mail the account's owner if the session's device is new."""
    actions = [
        Credentials.last_login_at.set(timestamp()),
        Credentials.devices.set(devices_with(credentials, session)),
    ]
    if new_hash:
        actions.append(Credentials.password_hash.set(new_hash))
    unchanged = Credentials.revision == credentials.revision
    write.update(Credentials(user.user_id), *actions, condition=unchanged, otherwise=otherwise)
    notify_of_new_device(user, credentials, session)


def replace_hash(write: Transaction, credentials: Credentials, new_hash: str) -> None:
    """Replace the hash by one of the same password at the present cost."""
    write.update(
        credentials,
        Credentials.password_hash.set(new_hash),
        condition=Credentials.revision == credentials.revision,
        otherwise=InvalidCredentials(),
    )


def refresh_expiry() -> int:
    """When a refresh token that is issued now expires (epoch seconds)."""
    return int(now()) + config.limits.refresh_token_days * 86_400


def token_set(user: User, session: Session, shown: SocialHubUser | None = None) -> TokenSet:
    """The tokens of `session`; their scope follows from the account's present status. `shown` is
    another shape of the user to answer with."""
    caller = caller_of(user, session)
    token = make_token(caller)
    refresh = RefreshToken(user.user_id, session.session_id, session.generation)
    return TokenSet(
        token=token,
        access_token=token,
        token_type="Bearer",  # noqa: S106  # the scheme's name
        refresh_token=refresh.to_text(),
        expires_in=config.limits.access_token_hours * 3600,
        refresh_expires_in=session.expires_at - int(now()),
        scope=caller.scope,
        user=user_shape(user) if shown is None else shown,
    )


def caller_of(user: User, session: Session) -> Caller:
    """Whom the tokens of `session` identify."""
    scope = "full" if is_shown(user) else "unverified"
    return Caller(
        user.user_id,
        user.username,
        session.session_id,
        user.role,
        scope,
        session.authenticated_at,
    )
