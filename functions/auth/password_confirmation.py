"""Asking for the password again, before what a stolen token may not do; and ending what was begun
with the old one."""

from pynamodb.expressions.update import Action

from auth.models import Credentials
from auth.passwords import is_right
from shared.errors import Unauthorized, WrongPassword


def confirmed_credentials(user_id: str, password: str | None) -> Credentials:
    """The credentials of `user_id`, whose password this is; it may be absent if there is none."""
    credentials = Credentials.find(user_id, consistent=True)
    if credentials is None:
        raise Unauthorized
    stored = credentials.password_hash
    if stored and not (password and is_right(password, stored)):
        raise WrongPassword
    return credentials


def new_revision() -> list[Action]:
    """What every change of credentials adds to itself, so that what was begun before it ends:
    log-ins at their second step, resets, a change of address."""
    return [
        Credentials.revision.add(1),
        Credentials.pending_email.remove(),
        Credentials.pending_until.remove(),
    ]
