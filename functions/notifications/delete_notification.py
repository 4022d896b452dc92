"""DELETE /notifications/{notification_id}: remove one notification, or all of a group,
from the caller's list."""

from typing import TypedDict

from notifications.groups import entries_in
from notifications.models import Notification
from notifications.visible_notifications import checked_id, is_listed
from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed, parallel_map
from shared.errors import NotificationNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("notifications")


class Deleted(TypedDict):
    """The confirmation."""

    message: str


class SocialHubDeleted(Deleted):
    """The confirmation in SocialHub's shape."""

    success: bool


@app.serve(
    "DELETE /notifications/{notification_id}",
    socialhub=("DELETE /notify/notifications/{notification_id}",),
    answer=Deleted,
    socialhub_answer=SocialHubDeleted,
)
def delete_notification(request: Request) -> Deleted | SocialHubDeleted:
    """Delete a notification, or all of a group."""
    user_id, given = request.caller.user_id, checked_id(request.path["notification_id"])
    deleted = sum(
        sum(parallel_map(_delete, entries)) for entries in entries_in(user_id, given)
    ) or _delete(Notification(user_id, given))
    if not deleted:
        raise NotificationNotFound
    message = "Notification deleted"
    return {"success": True, "message": message} if request.is_socialhub else {"message": message}


def _delete(entry: Notification) -> int:
    """Take the entry out of its reader's list; 0 if it is not there."""
    try:
        # Withdrawn, not deleted: a repeated delivery of its event must not create it again.
        entry.change(Notification.withdrawn_at.set(timestamp()), condition=is_listed())
    except ConditionFailed:
        return 0
    return 1
