"""PUT /notifications/read-all: mark every notification of the caller as read."""

from collections.abc import Callable
from typing import TypedDict

from notifications.models import Notification
from notifications.reading import is_listed
from shared.clock import now, timestamp
from shared.http import endpoint
from shared.ids import first_id_at
from shared.requests import Request
from shared.tables import ConditionFailed, in_parallel, query

_PAGE = 100
_MOST = 5_000  # in one request; what is older waits for the next

app = endpoint("notifications")


class MarkedAll(TypedDict):
    """How many were unread."""

    message: str
    count: int


@app.serve("PUT /notifications/read-all", answer=MarkedAll)
def mark_all_read(request: Request) -> MarkedAll:
    """Mark all notifications as read."""
    user_id, count, after = request.caller.user_id, 0, None
    until = Notification.notification_id < first_id_at(now() + 1)
    unread = Notification.read_at.does_not_exist() & is_listed()
    while count < _MOST:
        entries, after = query(
            Notification, user_id, until, limit=_PAGE, after=after, matching=unread
        )
        count += sum(in_parallel(*(_marking(entry) for entry in entries)))
        if after is None:
            break
    return {"message": "All notifications marked as read", "count": count}


def _marking(entry: Notification) -> Callable[[], bool]:
    return lambda: _mark(entry)


def _mark(entry: Notification) -> bool:
    try:
        entry.change(
            Notification.read_at.set(timestamp()),
            condition=Notification.read_at.does_not_exist() & is_listed(),
        )
    except ConditionFailed:
        return False
    return True
