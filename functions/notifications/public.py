"""What other services may ask of notifications."""

from notifications.models import NotificationStats


def unread_count(user_id: str) -> int:
    """How many of a person's notifications are unread."""
    stats = NotificationStats.find(user_id)
    return stats.unread_count if stats else 0
