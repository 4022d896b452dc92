"""PUT /notifications/read-all: mark all of the caller's notifications as read."""

from typing import TypedDict

from notifications.read_epochs import begin_epoch
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("notifications")


class MarkedAll(TypedDict):
    """The number that were unread."""

    message: str
    count: int


@app.serve("PUT /notifications/read-all", answer=MarkedAll)
def mark_all_read(request: Request) -> MarkedAll:
    """Mark all notifications as read."""
    count = begin_epoch(request.caller.user_id)
    return {"message": "All notifications marked as read", "count": count}
