"""PUT /notifications/{notification_id}/read: mark one notification as read, or all of a group."""

from functools import partial
from typing import TypedDict

from notifications.groups import entries_in
from notifications.models import Notification
from notifications.read_epochs import is_unread, is_unread_in, stats_of
from notifications.shapes import (
    NotificationShape,
    SocialHubNotification,
    socialhub_notification,
)
from notifications.visible_notifications import checked_id, find_entry, is_listed, visible_shapes
from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed, parallel_map
from shared.errors import NotificationNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("notifications")


class Marked(TypedDict):
    """The entry after the change; of a group, its latest."""

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
    """Mark a notification, or all of a group, as read."""
    user_id, given = request.caller.user_id, checked_id(request.path["notification_id"])
    stats = stats_of(user_id)
    entry, marked = _mark_group(user_id, given, stats.read_epoch) or _mark_entry(
        user_id, given, stats.read_epoch
    )
    languages = request.accept_language
    shapes = visible_shapes(user_id, [entry], stats.read_epoch, languages)
    if not shapes:
        raise NotificationNotFound
    shape = shapes[0]
    message = "Notification marked as read"
    if request.is_socialhub:
        return {"success": True, "message": message, "data": socialhub_notification(shape)}
    unread = max(stats.unread_count - marked, 0)  # the stream has not counted it yet
    return {"message": message, "notification": shape, "unread_count": unread}


def _mark_entry(user_id: str, notification_id: str, read_epoch: int) -> tuple[Notification, int]:
    """The entry, and how many are read now that were not. Raises `NotificationNotFound`."""
    entry = Notification(user_id, notification_id)
    try:
        entry.change(
            Notification.read_at.set(timestamp()), condition=is_unread(read_epoch) & is_listed()
        )
    except ConditionFailed:
        return find_entry(user_id, notification_id), 0  # it is read already, or this raises
    return entry, 1


def _mark_group(user_id: str, group_id: str, read_epoch: int) -> tuple[Notification, int] | None:
    """The latest entry of a group, and how many are read now; None if there is no such group."""
    latest, marked = None, 0
    for entries in entries_in(user_id, group_id):
        latest = latest or next(iter(entries), None)
        unread = [each for each in entries if is_unread_in(each, read_epoch)]
        marked += sum(parallel_map(partial(_mark_if_unread, read_epoch), unread))
    if latest is None:
        return None
    latest.read_at = latest.read_at or timestamp()
    return latest, marked


def _mark_if_unread(read_epoch: int, entry: Notification) -> int:
    try:
        return _mark_entry(entry.user_id, entry.notification_id, read_epoch)[1]
    except NotificationNotFound:  # it was withdrawn in the meantime
        return 0
