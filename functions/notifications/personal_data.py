"""The part of a data export that notifications supply: a person's list, as they see it."""

from collections.abc import Iterator
from typing import Any

from notifications.shapes import NotificationShape
from notifications.visible_notifications import page_of
from shared.lifecycle.personal_data import Topic

_PAGE = 100


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data."""
    yield Topic("notifications", "Your notifications, newest first.", _entries(user_id))


def _entries(user_id: str) -> Iterator[dict[str, Any]]:
    after = None
    while True:
        shapes, after, _ = page_of(user_id, _PAGE, after)
        yield from map(_entry, shapes)
        if after is None:
            return


def _entry(shape: NotificationShape) -> dict[str, Any]:
    return {
        "notification_id": shape["id"],
        "type": shape["type"],
        "message": shape["message"],
        "actor_id": shape["actor_id"],
        "actor_username": shape["actor_username"],
        "actor_count": shape["actor_count"],
        "entity_type": shape["entity_type"],
        "entity_id": shape["entity_id"],
        "is_read": shape["is_read"],
        "created_at": shape["created_at"],
    }
