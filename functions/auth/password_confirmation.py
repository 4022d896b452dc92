"""Confirming the password before acts that a stolen token must not allow, and ending what was begun
with the old credentials."""

from pynamodb.expressions.update import Action

from auth.models import Credentials
from auth.passwords import is_right
from shared.access.caller import Caller
from shared.errors import ReauthenticationRequired, Unauthorized, WrongPassword


def confirmed_credentials(user_id: str, password: str | None) -> Credentials:
    """The credentials of `user_id`, if `password` is right; an account without a password needs
    none. Raises `WrongPassword`."""
    credentials = Credentials.find(user_id, consistent=True)
    if credentials is None:
        raise Unauthorized
    stored = credentials.password_hash
    if stored and not (password and is_right(password, stored)):
        raise WrongPassword
    return credentials


def credentials_to_change(caller: Caller, password: str | None) -> Credentials:
    """The credentials of `caller`, confirmed for a change of them. An administrator without a
    password needs a fresh session instead, or who stole a token could make a password and become
    an administrator with it. Raises `ReauthenticationRequired` as well."""
    credentials = confirmed_credentials(caller.user_id, password)
    if not (credentials.password_hash or caller.role != "admin" or caller.is_fresh):
        raise ReauthenticationRequired
    return credentials


def new_revision() -> list[Action]:
    """The actions that every change of credentials includes, to end what was begun before it:
    log-ins at their second step, resets, a change of address."""
    return [
        Credentials.revision.add(1),
        Credentials.pending_email.remove(),
        Credentials.pending_until.remove(),
    ]
