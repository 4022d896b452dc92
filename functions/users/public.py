"""What users offers to other services: finding accounts, their shapes, and how people stand to each
other."""

from users.accounts import (
    NOBODY,
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
from users.claims import change_email, google_holder, is_username_taken, link_google
from users.deletion import restore_account
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
from users.names import name_keys, named_ids
from users.notification_preferences import change_preferences
from users.relations import people_shown, people_with_relations
from users.shapes import UserRow, picture_url, socialhub_user, user_row, user_shape

__all__ = [
    "NOBODY",
    "VISIBILITY",
    "Relation",
    "User",
    "UserRow",
    "add_account",
    "ban_account",
    "change_email",
    "change_preferences",
    "find_by_login",
    "find_user",
    "find_users",
    "follower_page",
    "following_celebrities",
    "google_holder",
    "is_following",
    "is_shown",
    "is_username_taken",
    "link_google",
    "look_up",
    "name_keys",
    "named_ids",
    "people_shown",
    "people_with_relations",
    "picture_url",
    "relation",
    "relation_from",
    "relation_keys",
    "resolve_any",
    "resolve_user",
    "restore_account",
    "socialhub_user",
    "standing",
    "status_without_ban",
    "unban_account",
    "user_row",
    "user_shape",
    "verify_account",
]
