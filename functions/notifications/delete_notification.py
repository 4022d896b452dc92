"""DELETE /notifications/{notification_id}: remove one notification from the caller's list."""

from typing import TypedDict

from notifications.models import Notification
from notifications.visible_notifications import checked_id, is_listed
from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed
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
    """Delete a notification."""
    entry = Notification(request.caller.user_id, checked_id(request.path["notification_id"]))
    try:
        # Withdrawn, not deleted: a repeated delivery of its event must not create it again.
        entry.change(Notification.withdrawn_at.set(timestamp()), condition=is_listed())
    except ConditionFailed:
        raise NotificationNotFound from None
    message = "Notification deleted"
    return {"success": True, "message": message} if request.is_socialhub else {"message": message}
