"""The interface of users for other services: accounts, claims, relations and shapes."""

from collections.abc import Iterator

from shared.lifecycle.personal_data import Topic
from users.account_list import listed_accounts
from users.accounts import (
    NOBODY,
    account_status,
    add_account,
    ban_account,
    find_by_login,
    find_user,
    find_users,
    grant_badge,
    is_shown,
    lift_ban,
    look_up,
    require_no_badge,
    resolve_any,
    resolve_user,
    status_without_ban,
    unban_account,
    verify_account,
)
from users.claims import (
    change_claimed_username,
    change_email,
    google_holder,
    is_username_taken,
    link_google,
    name_keys,
    named_ids,
)
from users.deletion import delete_account, restore_account
from users.edges import (
    BLOCKS,
    VISIBILITY,
    Relation,
    close_friend_page,
    followed_page,
    follower_page,
    following_celebrities,
    is_following,
    relation,
    relation_from,
    relation_keys,
)
from users.models import NEWSLETTER, EdgeKind, User
from users.mutual_followers import mutual_follower_count
from users.notification_preferences import change_preferences, subscriber_page
from users.people_lists import Row, read_list
from users.recipients import Recipient, language_changes, language_of, recipient
from users.relations import blocked_among, people_shown, people_with_relations
from users.shapes import (
    SocialHubUser,
    UserRow,
    UserShape,
    picture_url,
    socialhub_user,
    user_row,
    user_shape,
)
from users.story_notifications import is_notified, notified_page

__all__ = [
    "BLOCKS",
    "NEWSLETTER",
    "NOBODY",
    "VISIBILITY",
    "EdgeKind",
    "Recipient",
    "Relation",
    "Row",
    "SocialHubUser",
    "User",
    "UserRow",
    "UserShape",
    "account_status",
    "add_account",
    "ban_account",
    "blocked_among",
    "change_claimed_username",
    "change_email",
    "change_preferences",
    "close_friend_page",
    "delete_account",
    "export_of",
    "find_by_login",
    "find_user",
    "find_users",
    "followed_page",
    "follower_page",
    "following_celebrities",
    "google_holder",
    "grant_badge",
    "is_following",
    "is_notified",
    "is_shown",
    "is_username_taken",
    "language_changes",
    "language_of",
    "lift_ban",
    "link_google",
    "listed_accounts",
    "look_up",
    "mutual_follower_count",
    "name_keys",
    "named_ids",
    "notified_page",
    "people_shown",
    "people_with_relations",
    "picture_url",
    "read_list",
    "recipient",
    "relation",
    "relation_from",
    "relation_keys",
    "require_no_badge",
    "resolve_any",
    "resolve_user",
    "restore_account",
    "socialhub_user",
    "status_without_ban",
    "subscriber_page",
    "unban_account",
    "user_row",
    "user_shape",
    "verify_account",
]


def export_of(user: User) -> "Iterator[Topic]":
    """The topics of users in the export of a person's data."""
    from users import personal_data  # imported late: it needs other services, few importers need it

    return personal_data.export_of(user)
