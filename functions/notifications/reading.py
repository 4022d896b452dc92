"""Reading a person's list: what is there, and who did it as they are today."""

from collections.abc import Callable, Sequence
from typing import Any

from pynamodb.expressions.condition import Condition

from notifications.models import Notification
from notifications.shapes import NotificationShape, notification_shape
from shared.clock import now
from shared.errors import NotificationNotFound
from shared.tables import in_parallel, query, read_items
from users.public import find_users, is_shown, relation_from, relation_keys


def is_listed() -> Condition:
    """The condition that an entry is there for its reader. (One that is not there at all has no
    `expires_at` to compare.)"""
    is_there: Condition = Notification.withdrawn_at.does_not_exist()
    is_fresh: Condition = Notification.expires_at > int(now())
    listed: Condition = is_there & is_fresh
    return listed


def page_of(
    user_id: str, limit: int, after: dict[str, Any] | None, *, unread_only: bool = False
) -> tuple[list[NotificationShape], dict[str, Any] | None]:
    """The next entries, newest first, and where to go on."""
    matching = is_listed()
    if unread_only:
        matching &= Notification.read_at.does_not_exist()
    found, following = query(Notification, user_id, limit=limit, after=after, matching=matching)
    return visible_shapes(user_id, found), following


def visible_shapes(user_id: str, entries: Sequence[Notification]) -> list[NotificationShape]:
    """The shapes of those entries whose actor this person may see: not banned, deleted or
    blocked."""
    actors = {entry.actor_id for entry in entries if entry.actor_id}
    keys = [
        key for actor in actors for key in relation_keys(user_id, actor, ("blocks", "blocked_by"))
    ]
    calls: list[Callable[[], Any]] = [lambda: find_users(actors), lambda: read_items(keys)]
    people, edges = in_parallel(*calls)

    def is_visible(actor_id: str | None) -> bool:
        if actor_id is None or actor_id == user_id:
            return True
        actor = people.get(actor_id)
        return (
            actor is not None
            and is_shown(actor)
            and not relation_from(edges, user_id, actor_id).blocked
        )

    return [
        notification_shape(entry, people.get(entry.actor_id or ""))
        for entry in entries
        if is_visible(entry.actor_id)
    ]


def find_entry(user_id: str, notification_id: str) -> Notification:
    """The entry, or `NotificationNotFound`."""
    entry = Notification.find(user_id, notification_id, consistent=True)
    if entry is None or entry.withdrawn_at or entry.expires_at <= now():
        raise NotificationNotFound
    return entry
