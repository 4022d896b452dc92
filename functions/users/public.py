"""What users offers to other services: finding accounts, their shapes, and how people stand to each
other."""

from users.accounts import (
    add_account,
    ban_account,
    find_by_login,
    find_user,
    find_users,
    is_shown,
    look_up,
    resolve_any,
    resolve_user,
    standing,
    status_without_ban,
    unban_account,
    verify_account,
)
from users.edges import (
    VISIBILITY,
    Relation,
    follower_page,
    following_celebrities,
    is_following,
    relation,
    relation_from,
    relation_keys,
)
from users.models import User
from users.shapes import picture_url, socialhub_user, user_row, user_shape

__all__ = [
    "VISIBILITY",
    "Relation",
    "User",
    "add_account",
    "ban_account",
    "find_by_login",
    "find_user",
    "find_users",
    "follower_page",
    "following_celebrities",
    "is_following",
    "is_shown",
    "look_up",
    "picture_url",
    "relation",
    "relation_from",
    "relation_keys",
    "resolve_any",
    "resolve_user",
    "socialhub_user",
    "standing",
    "status_without_ban",
    "unban_account",
    "user_row",
    "user_shape",
    "verify_account",
]
