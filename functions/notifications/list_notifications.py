"""GET /notifications: list the caller's notifications, newest first, by themselves or in groups,
without marking any read."""

from typing import TypedDict

from notifications.group_pages import page_of_groups
from notifications.groups import GroupShape
from notifications.shapes import (
    NotificationShape,
    SocialHubNotification,
    socialhub_notification,
)
from notifications.visible_notifications import page_of
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.queries import Flag, ListQuery
from shared.http.requests import Request

app = endpoint("notifications")


class WhichNotifications(ListQuery):
    """The query parameters."""

    unread_only = Flag()
    grouped = Flag()


class Notifications(TypedDict):
    """A page of the list."""

    notifications: list[NotificationShape]
    unread_count: int
    next_cursor: str | None


class Groups(TypedDict):
    """A page of the list in groups."""

    groups: list[GroupShape]
    unread_count: int
    next_cursor: str | None


class SocialHubNotifications(TypedDict):
    """A page of the list in SocialHub's shape."""

    success: bool
    message: str
    data: list[SocialHubNotification]
    unreadCount: int
    next_cursor: str | None


@app.serve(
    "GET /notifications",
    socialhub=("GET /notify/notifications",),
    query=WhichNotifications,
    answer=Notifications | Groups,
    socialhub_answer=SocialHubNotifications,
)
def list_notifications(
    request: Request[None, WhichNotifications],
) -> Notifications | Groups | SocialHubNotifications:
    """List notifications."""
    user_id, page, unread_only = (
        request.caller.user_id,
        read_page(request),
        request.query.unread_only,
    )
    languages = request.accept_language
    if request.query.grouped and not request.is_socialhub:
        found = page_of_groups(
            user_id, page.limit, page.after, unread_only=unread_only, languages=languages
        )
        cursor = next_cursor(request, found.following)
        return {"groups": found.groups, "unread_count": found.unread_count, "next_cursor": cursor}
    shapes, following, unread = page_of(
        user_id, page.limit, page.after, unread_only=unread_only, languages=languages
    )
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
