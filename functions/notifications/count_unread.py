"""GET /notifications/unread-count: count the caller's unread notifications."""

from typing import TypedDict

from notifications.public import unread_count
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("notifications")


class Unread(TypedDict):
    """The number of unread notifications."""

    unread_count: int


@app.serve("GET /notifications/unread-count", answer=Unread)
def count_unread(request: Request) -> Unread:
    """Count unread notifications."""
    return {"unread_count": unread_count(request.caller.user_id)}
