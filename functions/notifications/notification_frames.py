"""The frames `notification`: the data of a new entry, and of those that a log refers to."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from notifications.models import Notification, NotificationStats
from notifications.shapes import NotificationShape
from notifications.visible_notifications import ids_of_deleted, visible_shapes
from shared.clock import now
from shared.dynamodb.tables import in_parallel, read_items

if TYPE_CHECKING:
    from shared.realtime.frame_log import Reference


def frame_data(shape: NotificationShape, stats: NotificationStats) -> dict[str, Any]:
    """The data of the frame of an entry: its shape, and how many are unread."""
    return {**shape, "unread_count": max(stats.unread_count, 0)}


def logged_notifications(
    user_id: str, references: "Sequence[Reference]"
) -> dict[str, dict[str, Any]]:
    """The data of the frames whose entries are in the user's list now, by the ids of the frames."""
    frame_ids = {each.about["notification_id"]: each.id for each in references}
    found = read_items(
        [
            (NotificationStats, user_id),
            *((Notification, user_id, notification_id) for notification_id in frame_ids),
        ],
        consistent=True,
    )
    listed = [
        entry
        for entry in found.of(Notification)
        if not entry.withdrawn_at and entry.expires_at > now()
    ]
    stats = found.get(NotificationStats, user_id) or NotificationStats(user_id)
    calls: list[Callable[[], Any]] = [
        lambda: visible_shapes(user_id, listed, stats.read_epoch),
        lambda: ids_of_deleted(listed),
    ]
    shapes, of_deleted = in_parallel(*calls)
    return {
        frame_ids[shape["id"]]: frame_data(shape, stats)
        for shape in shapes
        if shape["id"] not in of_deleted
    }
