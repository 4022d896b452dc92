"""Accounts as administrators see them: the shape AdminUser."""

from typing import TypedDict, cast

from auth.public import security_of
from users.public import User, account_status, find_user, status_without_ban, user_shape


class AdminUser(TypedDict):
    """Shape AdminUser."""

    id: str
    user_id: str
    username: str
    name: str
    profile_picture_url: str | None
    is_verified: bool
    email: str
    email_verified: bool
    role: str
    is_private: bool
    is_banned: bool
    ban_reason: str | None
    banned_until: str | None
    created_at: str
    last_login_at: str | None


class AccountAnswer(TypedDict):
    """An account after an administrator's act."""

    message: str
    user: AdminUser


def admin_user(user: User, last_login_at: str | None) -> AdminUser:
    """Shape AdminUser."""
    is_banned = account_status(user) == "banned"
    shape = {
        **user_shape(user),
        "email": user.email,
        "email_verified": status_without_ban(user) != "unverified",
        "role": user.role,
        "is_private": user.is_private,
        "is_banned": is_banned,
        "ban_reason": user.ban_reason if is_banned else None,
        "banned_until": user.banned_until if is_banned else None,
        "created_at": user.created_at,
        "last_login_at": last_login_at,
    }
    return cast(AdminUser, shape)


def as_stored(user: User) -> AdminUser:
    """The account as it is stored now."""
    stored = find_user(user.user_id, consistent=True) or user
    return admin_user(stored, security_of(user.user_id)["last_login_at"])
