"""A person's list: the entries that they may see, with the actors as they are today."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from pynamodb.expressions.condition import Condition

from notifications.models import Notification
from notifications.read_epochs import is_unread, stats_of
from notifications.shapes import NotificationShape, notification_shape
from notifications.types import TYPES
from posts.public import Post, visible_ids
from shared.access.caller import Caller
from shared.clock import now
from shared.dynamodb.tables import in_parallel, parallel_map, query, read_items
from shared.errors import NotificationNotFound
from shared.ids import is_id
from users.public import people_shown


class Listed(NamedTuple):
    """A page of a person's list."""

    shapes: list[NotificationShape]
    following: dict[str, Any] | None  # the key to continue after
    unread_count: int  # of the whole list


def is_listed() -> Condition:
    """The condition that an entry is in its reader's list. (It also fails for an entry that does
    not exist, which has no `expires_at`.)"""
    is_not_withdrawn: Condition = Notification.withdrawn_at.does_not_exist()
    is_not_expired: Condition = Notification.expires_at > int(now())
    listed: Condition = is_not_withdrawn & is_not_expired
    return listed


def page_of(
    user_id: str, limit: int, after: dict[str, Any] | None, *, unread_only: bool = False
) -> Listed:
    """The next page of a person's list, newest first."""

    def read(matching: Condition) -> tuple[list[Notification], dict[str, Any] | None]:
        return query(Notification, user_id, limit=limit, after=after, matching=matching)

    if unread_only:
        stats = stats_of(user_id)
        found, following = read(is_listed() & is_unread(stats.read_epoch))
    else:
        calls: list[Callable[[], Any]] = [lambda: read(is_listed()), lambda: stats_of(user_id)]
        (found, following), stats = in_parallel(*calls)
    filters: list[Callable[[], Any]] = [
        lambda: visible_shapes(user_id, found, stats.read_epoch),
        lambda: _of_deleted_posts(found),
    ]
    shapes, of_deleted = in_parallel(*filters)
    listed = [shape for shape in shapes if shape["id"] not in of_deleted]
    return Listed(listed, following, max(stats.unread_count, 0))


def visible_shapes(
    user_id: str, entries: Sequence[Notification], read_epoch: int
) -> list[NotificationShape]:
    """The shapes of the entries whose actor (not banned, deleted or blocked) and post this reader
    may see; `read_epoch` is the reader's."""
    actors = list({entry.actor_id for entry in entries if entry.actor_id})
    # `people_shown` is first, because `in_parallel` makes the first call in this thread, where it
    # may make parallel calls itself.
    calls: list[Callable[[], Any]] = [
        lambda: people_shown(user_id, actors),
        lambda: without_hidden(entries),
    ]
    people, visible = in_parallel(*calls)
    return [
        notification_shape(entry, people.get(entry.actor_id or ""), read_epoch)
        for entry in visible
        if entry.actor_id in people or entry.actor_id in (None, user_id)
    ]


def without_hidden(entries: Sequence[Notification]) -> list[Notification]:
    """The entries without those about a post that their reader may not see (any more). Withdrawn
    entries show nothing, and stay."""
    posts: dict[str, set[str]] = {}
    for entry in entries:
        if _may_be_hidden(entry):
            posts.setdefault(entry.user_id, set()).add(entry.post_id)
    visible = dict(zip(posts, parallel_map(_visible_posts, posts.items()), strict=True))
    return [
        entry
        for entry in entries
        if not _may_be_hidden(entry) or entry.post_id in visible[entry.user_id]
    ]


def _may_be_hidden(entry: Notification) -> bool:
    return TYPES[entry.type].may_be_hidden and not entry.withdrawn_at


def _visible_posts(posts_of_reader: tuple[str, set[str]]) -> set[str]:
    """The ids of the posts that a reader may see, of a reader's id and the ids to check."""
    reader_id, post_ids = posts_of_reader
    # What a reader may see depends on their edges, not on their name and session.
    reader = Caller(reader_id, username="", session_id="", role="user", scope="full")
    return visible_ids(reader, list(post_ids))


def _of_deleted_posts(entries: Sequence[Notification]) -> set[str]:
    """The ids of the entries about deleted posts of the reader."""
    posts = {
        entry.notification_id: entry.post_id or entry.entity_id
        for entry in entries
        if TYPES[entry.type].is_of_own_post
    }
    found = read_items((Post, post_id) for post_id in posts.values())
    present = {post.post_id for post in found.of(Post) if not post.deleted_at}
    return {notification_id for notification_id, post_id in posts.items() if post_id not in present}


def checked_id(text: str) -> str:
    """The id in a path; raises `NotificationNotFound` if it cannot be one."""
    if not is_id(text):
        raise NotificationNotFound
    return text


def find_entry(user_id: str, notification_id: str) -> Notification:
    """The entry; raises `NotificationNotFound` if it is not in the user's list."""
    entry = Notification.find(user_id, notification_id, consistent=True)
    if entry is None or entry.withdrawn_at or entry.expires_at <= now():
        raise NotificationNotFound
    return entry
