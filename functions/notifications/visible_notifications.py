"""Reading a person's list: what is there, and who did it as they are today."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from pynamodb.expressions.condition import Condition

from notifications.models import Notification
from notifications.read_epochs import is_unread, stats_of
from notifications.shapes import NotificationShape, notification_shape
from notifications.types import TYPES
from posts.public import Post, visible_ids
from shared.access.caller import Caller
from shared.clock import now
from shared.dynamodb.tables import in_parallel, query, read_items
from shared.errors import NotificationNotFound
from shared.ids import is_id
from users.public import people_shown


class Listed(NamedTuple):
    """A page of a person's list."""

    shapes: list[NotificationShape]
    following: dict[str, Any] | None  # where to go on
    unread_count: int  # of the whole list


def is_listed() -> Condition:
    """The condition that an entry is there for its reader. (One that is not there at all has no
    `expires_at` to compare.)"""
    is_there: Condition = Notification.withdrawn_at.does_not_exist()
    is_fresh: Condition = Notification.expires_at > int(now())
    listed: Condition = is_there & is_fresh
    return listed


def page_of(
    user_id: str, limit: int, after: dict[str, Any] | None, *, unread_only: bool = False
) -> Listed:
    """The next entries, newest first."""

    def read(matching: Condition) -> tuple[list[Notification], dict[str, Any] | None]:
        return query(Notification, user_id, limit=limit, after=after, matching=matching)

    if unread_only:
        stats = stats_of(user_id)
        found, following = read(is_listed() & is_unread(stats.read_epoch))
    else:
        calls: list[Callable[[], Any]] = [lambda: read(is_listed()), lambda: stats_of(user_id)]
        (found, following), stats = in_parallel(*calls)
    shown: list[Callable[[], Any]] = [
        lambda: visible_shapes(user_id, found, stats.read_epoch),
        lambda: _of_deleted_posts(found),
    ]
    shapes, gone = in_parallel(*shown)
    listed = [shape for shape in shapes if shape["id"] not in gone]
    return Listed(listed, following, max(stats.unread_count, 0))


def visible_shapes(
    user_id: str, entries: Sequence[Notification], read_epoch: int
) -> list[NotificationShape]:
    """The shapes of those entries whose actor this person, in this epoch, may see (not banned,
    deleted or blocked) and whose post."""
    actors = list({entry.actor_id for entry in entries if entry.actor_id})
    # First, because the first call is made right here and may call in parallel itself.
    calls: list[Callable[[], Any]] = [
        lambda: people_shown(user_id, actors),
        lambda: without_hidden(entries),
    ]
    people, seen = in_parallel(*calls)
    return [
        notification_shape(entry, people.get(entry.actor_id or ""), read_epoch)
        for entry in seen
        if entry.actor_id in people or entry.actor_id in (None, user_id)
    ]


def without_hidden(entries: Sequence[Notification]) -> list[Notification]:
    """The entries but for those about a post that their reader may not see (any more). Withdrawn
    ones tell nothing, and stay."""
    asked: dict[str, set[str]] = {}
    for entry in entries:
        if _may_be_hidden(entry):
            asked.setdefault(entry.user_id, set()).add(entry.post_id)
    readers = list(asked)
    seen = in_parallel(*(_asking(reader, asked[reader]) for reader in readers)) if asked else []
    visible = dict(zip(readers, seen, strict=True))
    return [
        entry
        for entry in entries
        if not _may_be_hidden(entry) or entry.post_id in visible[entry.user_id]
    ]


def _may_be_hidden(entry: Notification) -> bool:
    return TYPES[entry.type].may_be_hidden and not entry.withdrawn_at


def _asking(reader_id: str, post_ids: Iterable[str]) -> Callable[[], set[str]]:
    # As the reader will see it: by their edges, which their name and session do not change.
    reader = Caller(reader_id, username="", session_id="", role="user", scope="full")
    return lambda: visible_ids(reader, list(post_ids))


def _of_deleted_posts(entries: Sequence[Notification]) -> set[str]:
    """The ids of the entries about posts of their reader's own that are deleted."""
    posts = {
        entry.notification_id: entry.post_id or entry.entity_id
        for entry in entries
        if TYPES[entry.type].is_of_own_post
    }
    found = read_items((Post, post_id) for post_id in posts.values())
    there = {post.post_id for post in found.of(Post) if not post.deleted_at}
    return {notification_id for notification_id, post_id in posts.items() if post_id not in there}


def checked_id(text: str) -> str:
    """The id that a path names; `NotificationNotFound` for what cannot be one."""
    if not is_id(text):
        raise NotificationNotFound
    return text


def find_entry(user_id: str, notification_id: str) -> Notification:
    """The entry, or `NotificationNotFound`."""
    entry = Notification.find(user_id, notification_id, consistent=True)
    if entry is None or entry.withdrawn_at or entry.expires_at <= now():
        raise NotificationNotFound
    return entry
