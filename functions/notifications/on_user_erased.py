"""user.erased: delete the account's notifications.

Other people's notifications about the account are withdrawn when its likes, comments and follows
end.
"""

from notifications.models import Notification, NotificationStats
from shared.dynamodb.tables import write_items
from shared.lifecycle.erasure import erasure
from shared.lifecycle.item_pages import delete_page
from shared.messaging.chains import Place

app = erasure("notifications")


@app.step
def erase_entries(user_id: str) -> Place:
    """Delete its entries."""
    return delete_page(Notification, user_id)


@app.step
def erase_counts(user_id: str) -> Place:
    """Delete its unread count. (The stream counts the deleted entries and may create it again; the
    second run of this step deletes it for good.)"""
    write_items(deletes=[NotificationStats(user_id)])
    return None
