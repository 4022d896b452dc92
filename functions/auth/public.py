"""What auth offers to other services: how an account is secured."""

from typing import TypedDict

from auth.models import Credentials

__all__ = ["Security", "security_of"]


class Security(TypedDict):
    """What auth knows of an account: for its owner's profile, and for administrators."""

    two_factor_enabled: bool
    has_password: bool
    pending_email: str | None
    last_login_at: str | None


def security_of(user_id: str) -> Security:
    """How the account is secured."""
    credentials = Credentials.find(user_id)
    return {
        "two_factor_enabled": bool(credentials and credentials.two_factor_enabled),
        "has_password": bool(credentials and credentials.password_hash),
        "pending_email": None,
        "last_login_at": credentials.last_login_at if credentials else None,
    }
