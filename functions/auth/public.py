"""What auth offers to other services: how an account is secured."""

from collections.abc import Iterable
from typing import TypedDict

from auth.models import Credentials
from auth.personal_data import export_of
from shared.clock import now
from shared.dynamodb.tables import Transaction, read_items
from shared.errors import WrongPassword

__all__ = ["Security", "confirm_password", "export_of", "last_logins_of", "security_of"]


class Security(TypedDict):
    """How an account is secured: for its owner's profile, and for administrators."""

    two_factor_enabled: bool
    has_password: bool
    pending_email: str | None
    last_login_at: str | None


def security_of(user_id: str) -> Security:
    """How the account is secured."""
    credentials = Credentials.find(user_id)
    is_pending = bool(credentials and (credentials.pending_until or 0) > now())
    return {
        "two_factor_enabled": bool(credentials and credentials.two_factor_enabled),
        "has_password": bool(credentials and credentials.password_hash),
        "pending_email": credentials.pending_email if credentials and is_pending else None,
        "last_login_at": credentials.last_login_at if credentials else None,
    }


def last_logins_of(user_ids: Iterable[str]) -> dict[str, str | None]:
    """When these accounts last logged in, by account; those without credentials are missing."""
    found = read_items((Credentials, user_id) for user_id in user_ids)
    return {each.user_id: each.last_login_at for each in found.of(Credentials)}


def confirm_password(write: Transaction, user_id: str, password: str | None) -> bool:
    """Make `write` depend on the account's password; raise `WrongPassword` for another. Return
    False if the account has none, so that the caller must ask for something else."""
    # Imported here because it loads bcrypt, which few users of this module need.
    from auth.password_confirmation import confirmed_credentials

    credentials = confirmed_credentials(user_id, password)
    write.check(
        Credentials,
        user_id,
        condition=Credentials.revision == credentials.revision,
        otherwise=WrongPassword(),
    )
    return credentials.password_hash is not None
