"""user.erased: what the account was told goes. What others were told of it is withdrawn by the end
of its likes, comments and follows."""

from notifications.models import Notification, NotificationStats
from shared.dynamodb.tables import write_items
from shared.lifecycle.erasure import delete_page, erasure

app = erasure("notifications")


@app.step
def erase_entries(user_id: str) -> bool:
    """Its entries."""
    return delete_page(Notification, user_id)


@app.step
def erase_counts(user_id: str) -> bool:
    """Its unread count. (The stream counts the erased entries and may bring it back; the second
    look takes it for good.)"""
    write_items(deletes=[NotificationStats(user_id)])
    return False
