"""Confirming the password before acts that a stolen token must not allow, and ending what was begun
with the old credentials."""

from pynamodb.expressions.update import Action

from auth.models import Credentials
from auth.passwords import is_right
from shared.errors import Unauthorized, WrongPassword


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


def new_revision() -> list[Action]:
    """The actions that every change of credentials includes, to end what was begun before it:
    log-ins at their second step, resets, a change of address."""
    return [
        Credentials.revision.add(1),
        Credentials.pending_email.remove(),
        Credentials.pending_until.remove(),
    ]
