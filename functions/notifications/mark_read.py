"""PUT /notifications/{notification_id}/read: mark one notification as read."""

from typing import TypedDict

from notifications.models import Notification
from notifications.read_epochs import is_unread, stats_of
from notifications.shapes import (
    NotificationShape,
    SocialHubNotification,
    socialhub_notification,
)
from notifications.visible_notifications import checked_id, find_entry, is_listed, visible_shapes
from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed
from shared.errors import NotificationNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("notifications")


class Marked(TypedDict):
    """The entry after the change."""

    message: str
    notification: NotificationShape
    unread_count: int


class SocialHubMarked(TypedDict):
    """The entry in SocialHub's shape."""

    success: bool
    message: str
    data: SocialHubNotification


@app.serve(
    "PUT /notifications/{notification_id}/read",
    also=("PATCH /notifications/{notification_id}/read",),
    socialhub=("PATCH /notify/notifications/{notification_id}/read",),
    answer=Marked,
    socialhub_answer=SocialHubMarked,
)
def mark_read(request: Request) -> Marked | SocialHubMarked:
    """Mark a notification as read."""
    user_id = request.caller.user_id
    entry = Notification(user_id, checked_id(request.path["notification_id"]))
    stats = stats_of(user_id)
    unread = stats.unread_count
    try:
        entry.change(
            Notification.read_at.set(timestamp()),
            condition=is_unread(stats.read_epoch) & is_listed(),
        )
        unread -= 1  # the stream has not counted it yet
    except ConditionFailed:
        entry = find_entry(user_id, entry.notification_id)  # it is read already, or this raises
    shapes = visible_shapes(user_id, [entry], stats.read_epoch)
    if not shapes:
        raise NotificationNotFound
    shape = shapes[0]
    message = "Notification marked as read"
    if request.is_socialhub:
        return {"success": True, "message": message, "data": socialhub_notification(shape)}
    return {"message": message, "notification": shape, "unread_count": max(unread, 0)}
