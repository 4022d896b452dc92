"""What other services may ask of notifications."""

from collections.abc import Iterator

from notifications.read_epochs import stats_of
from shared.lifecycle.personal_data import Topic


def unread_count(user_id: str) -> int:
    """How many of a person's notifications are unread."""
    return max(stats_of(user_id).unread_count, 0)


def export_of(user_id: str) -> Iterator[Topic]:
    """What notifications holds of a person."""
    from notifications import personal_data  # and all that lists need, which few readers do

    return personal_data.export_of(user_id)
