"""The export of a person's data: the account, and the edges to others."""

from collections.abc import Iterator
from typing import Any

from auth.public import security_of
from media.public import upload_id_of
from shared.dynamodb.tables import Key, read_items
from shared.lifecycle.personal_data import Topic, plain, walk_pages
from users.accounts import account_status, is_shown
from users.edges import other_id
from users.models import EdgeKind, Relationship, User, edge

_ACCOUNT = (
    "user_id",
    "username",
    "name",
    "email",
    "role",
    "bio",
    "gender",
    "date_of_birth",
    "is_verified",
    "google_subject",
    "follower_count",
    "following_count",
    "created_at",
    "updated_at",
)
_PRIVACY = (
    *("is_private", "allow_message_requests", "show_presence", "show_read_receipts"),
    "suggest_alt_text",
)
_NOTIFICATIONS = (
    *("push_enabled", "email_enabled", "language", "is_language_chosen", "newsletter"),
    "muted_types",
)
# Without `blocked_by`: users must not learn who blocks them.
_EDGES: dict[EdgeKind, tuple[str, str]] = {
    "follows": ("following", "People you follow."),
    "followed_by": ("followers", "People who follow you."),
    "requested": ("follow_requests_sent", "People you asked to follow."),
    "requested_by": ("follow_requests_received", "People who asked to follow you."),
    "blocks": ("blocked", "People you block."),
    "mutes": ("muted", "People you mute."),
    "close_friend": ("close_friends", "Your close friends."),
    "hides_story_from": ("stories_hidden_from", "People you hide your stories from."),
}
_MADE_BY_OTHERS = ("followed_by", "requested_by")


def export_of(user: User) -> Iterator[Topic]:
    """The topics of a user's data."""
    yield Topic("account", "Your account and its settings.", _account(user))
    for kind, (name, about) in _EDGES.items():
        yield Topic(name, about, _edges(user.user_id, kind))


def _account(user: User) -> dict[str, Any]:
    return {
        **plain(user, *_ACCOUNT),
        "status": account_status(user),
        "profile_picture_upload_id": upload_id_of(user.picture_key) if user.picture_key else None,
        "security": security_of(user.user_id),
        "privacy": plain(user, *_PRIVACY),
        "notifications": plain(user, *_NOTIFICATIONS),
    }


def _edges(user_id: str, kind: EdgeKind) -> Iterator[dict[str, Any]]:
    """The active edges of a kind, without the names of people who are hidden from the user, and
    without the edges that such people made."""
    of_kind = Relationship.edge.startswith(edge(kind, ""))
    active = Relationship.is_active.is_in(True)
    for page in walk_pages(Relationship, user_id, of_kind, active):
        others = [other_id(item) for item in page]
        keys: list[Key] = [(User, other) for other in others]
        keys += [(Relationship, user_id, edge("blocked_by", other)) for other in others]
        found = read_items(keys)
        for item, other in zip(page, others, strict=True):
            person = found.get(User, other)
            blocker = found.get(Relationship, user_id, edge("blocked_by", other))
            username = person.username if person and is_shown(person) else None
            if blocker and blocker.is_active:
                username = None
            if username or kind not in _MADE_BY_OTHERS:
                row = {"user_id": other, "username": username, "since": item.since}
                yield row | _choices(item)


def _choices(item: Relationship) -> dict[str, bool]:
    """What the user has chosen for an edge."""
    chosen: bool | None = item.notify_stories
    return {} if chosen is None else {"notify_stories": chosen}
