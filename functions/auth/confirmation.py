"""Asking for the password again, before what a stolen token may not do."""

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
