"""GET /notifications: what the caller was told, newest first. Reading marks nothing."""

from collections.abc import Callable
from typing import Any, TypedDict

from notifications.public import unread_count
from notifications.reading import page_of
from notifications.shapes import (
    NotificationShape,
    SocialHubNotification,
    socialhub_notification,
)
from shared.fields import ListQuery
from shared.http import endpoint
from shared.paging import next_cursor, read_page
from shared.requests import Request
from shared.tables import in_parallel

app = endpoint("notifications")


class WhichNotifications(ListQuery):
    """The query."""

    unread_only: bool = False


class Notifications(TypedDict):
    """A page of the list."""

    notifications: list[NotificationShape]
    unread_count: int
    next_cursor: str | None


class SocialHubNotifications(TypedDict):
    """A page of the list, as SocialHub gives it."""

    success: bool
    message: str
    data: list[SocialHubNotification]
    unreadCount: int
    next_cursor: str | None


@app.serve(
    "GET /notifications",
    socialhub=("GET /notify/notifications",),
    query=WhichNotifications,
    answer=Notifications,
    socialhub_answer=SocialHubNotifications,
)
def list_notifications(
    request: Request[None, WhichNotifications],
) -> Notifications | SocialHubNotifications:
    """List notifications."""
    user_id, page = request.caller.user_id, read_page(request)
    calls: list[Callable[[], Any]] = [
        lambda: page_of(user_id, page.limit, page.after, unread_only=request.query.unread_only),
        lambda: unread_count(user_id),
    ]
    (shapes, following), unread = in_parallel(*calls)
    cursor = next_cursor(request, following)
    if request.is_socialhub:
        return {
            "success": True,
            "message": "Notifications fetched",
            "data": [socialhub_notification(shape) for shape in shapes],
            "unreadCount": unread,
            "next_cursor": cursor,
        }
    return {"notifications": shapes, "unread_count": unread, "next_cursor": cursor}
