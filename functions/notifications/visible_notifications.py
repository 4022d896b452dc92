"""A person's list: the entries that they may see, with the actors as they are today."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from pynamodb.expressions.condition import Condition

from notifications.digests import counts_of, is_digest
from notifications.models import Notification
from notifications.read_epochs import is_unread, stats_of
from notifications.shapes import Crowd, NotificationShape, notification_shape
from notifications.types import TYPES
from posts.public import Comment, Post
from posts.public import visible_ids as visible_posts
from shared.access.caller import Caller
from shared.clock import now
from shared.dynamodb.tables import Key, in_parallel, parallel_map, query, read_items
from shared.errors import NotificationNotFound
from shared.ids import is_id
from stories.public import Story, addable_ids
from stories.public import visible_ids as visible_stories
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
    user_id: str,
    limit: int,
    after: dict[str, Any] | None,
    *,
    unread_only: bool = False,
    languages: str = "",
) -> Listed:
    """The next page of a person's list, newest first; `languages` as in Accept-Language."""

    def read(matching: Condition) -> tuple[list[Notification], dict[str, Any] | None]:
        return query(Notification, user_id, limit=limit, after=after, matching=matching)

    if unread_only:
        stats = stats_of(user_id)
        found, following = read(is_listed() & is_unread(stats.read_epoch))
    else:
        calls: list[Callable[[], Any]] = [lambda: read(is_listed()), lambda: stats_of(user_id)]
        (found, following), stats = in_parallel(*calls)
    filters: list[Callable[[], Any]] = [
        lambda: visible_shapes(user_id, found, stats.read_epoch, languages),
        lambda: ids_of_deleted(found),
    ]
    shapes, of_deleted = in_parallel(*filters)
    listed = [shape for shape in shapes if shape["id"] not in of_deleted]
    return Listed(listed, following, max(stats.unread_count, 0))


def visible_shapes(
    user_id: str, entries: Sequence[Notification], read_epoch: int, languages: str = ""
) -> list[NotificationShape]:
    """The shapes of the entries whose actor (not banned, deleted or blocked) and post or story this
    reader may see; `read_epoch` is the reader's."""
    actors = list({each for entry in entries for each in entry.actors or [entry.actor_id] if each})
    # `people_shown` is first, because `in_parallel` makes the first call in this thread, where it
    # may make parallel calls itself.
    calls: list[Callable[[], Any]] = [
        lambda: people_shown(user_id, actors),
        lambda: without_hidden(entries),
        lambda: _addable_stories(user_id, entries),
        lambda: counts_of(entries),
    ]
    people, visible, addable, counts = in_parallel(*calls)
    crowds = {
        each.notification_id: Crowd(
            [people[actor_id] for actor_id in each.actors if actor_id in people],
            counts[each.notification_id],
        )
        for each in visible
        if is_digest(each)
    }
    return [
        notification_shape(
            entry,
            people.get(entry.actor_id or ""),
            read_epoch,
            addable,
            languages,
            crowds.get(entry.notification_id),
        )
        for entry in visible
        if (entry.actor_id in people or entry.actor_id in (None, user_id))
        and counts.get(entry.notification_id) != 0  # a digest of which everything was undone
    ]


def without_hidden(entries: Sequence[Notification]) -> list[Notification]:
    """The entries without those about a post or story that their reader may not see (any more).
    Withdrawn entries show nothing, and stay. A story that has expired is no secret: its entries
    stay, too."""
    asked: dict[tuple[str, str], list[Notification]] = {}  # by reader and kind of entity
    for entry in entries:
        if _may_be_hidden(entry):
            asked.setdefault((entry.user_id, _kind(entry)), []).append(entry)
    visible = dict(zip(asked, parallel_map(_visible_ids, asked.values()), strict=True))
    return [
        entry
        for entry in entries
        if not _may_be_hidden(entry) or _subject(entry) in visible[entry.user_id, _kind(entry)]
    ]


def _addable_stories(user_id: str, entries: Sequence[Notification]) -> set[str]:
    """The ids of the stories that mention this reader and that they may add to their own."""
    mentions = [entry for entry in entries if entry.type == "story.mentioned"]
    if not mentions:
        return set()
    return addable_ids(_reader(user_id), {each.entity_id: each.actor_id or "" for each in mentions})


def _reader(user_id: str) -> Caller:
    # What a reader may see depends on their edges, not on their name and session.
    return Caller(user_id, username="", session_id="", role="user", scope="full")


def _may_be_hidden(entry: Notification) -> bool:
    return TYPES[entry.type].may_be_hidden and not entry.withdrawn_at


def _kind(entry: Notification) -> str:
    """`story`, or `post` for what is about a post or a comment on it."""
    return "story" if TYPES[entry.type].entity == "story" else "post"


def _subject(entry: Notification) -> str:
    """The id of the post or story that decides whether the entry is shown."""
    return entry.entity_id if _kind(entry) == "story" else entry.post_id or entry.entity_id


def _visible_ids(entries: Sequence[Notification]) -> set[str]:
    """The ids of the posts, or of the stories, that the reader of all these entries may see."""
    reader = _reader(entries[0].user_id)
    if _kind(entries[0]) == "post":
        return visible_posts(reader, list({_subject(entry) for entry in entries}))
    # Only a story's author mentions people in it.
    return visible_stories(reader, {entry.entity_id: entry.actor_id or "" for entry in entries})


def ids_of_deleted(entries: Sequence[Notification]) -> set[str]:
    """The ids of the entries about deleted posts and stories of the reader, and about comments that
    are gone or hidden."""
    own = {each.notification_id: _own_thing(each) for each in entries if TYPES[each.type].is_of_own}
    found = read_items(own.values())
    return {
        notification_id
        for notification_id, key in own.items()
        if key not in found or _is_gone(found[key])
    }


def _own_thing(entry: Notification) -> Key:
    """The key of the reader's own post, story or comment that an entry is about."""
    if entry.type == "comment.liked":
        return (Comment, entry.post_id, entry.entity_id)
    if _kind(entry) == "story":
        return (Story, entry.user_id, entry.entity_id)
    return (Post, _subject(entry))


def _is_gone(thing: Comment | Post | Story) -> bool:
    return bool(thing.is_hidden if isinstance(thing, Comment) else thing.deleted_at)


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
