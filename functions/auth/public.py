"""What auth offers to other services: how an account is secured."""

from typing import TypedDict

from auth.models import Credentials
from auth.personal_data import export_of
from shared.clock import now
from shared.dynamodb.tables import Transaction
from shared.errors import WrongPassword

__all__ = ["Security", "confirm_password", "export_of", "security_of"]


class Security(TypedDict):
    """What auth knows of an account: for its owner's profile, and for administrators."""

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


def confirm_password(write: Transaction, user_id: str, password: str | None) -> bool:
    """Let `write` happen only if this is the account's password, else raise `WrongPassword`; False
    if it has none, so that the caller has to ask for something else."""
    from auth.password_confirmation import (
        confirmed_credentials,  # and bcrypt, which few readers need
    )

    credentials = confirmed_credentials(user_id, password)
    write.check(
        Credentials,
        user_id,
        condition=Credentials.revision == credentials.revision,
        otherwise=WrongPassword(),
    )
    return credentials.password_hash is not None
