"""What notifications offer to other services: the unread count, and the export."""

from collections.abc import Iterator

from notifications.read_epochs import stats_of
from shared.lifecycle.personal_data import Topic


def unread_count(user_id: str) -> int:
    """The number of a person's unread notifications."""
    return max(stats_of(user_id).unread_count, 0)


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data."""
    # Late, because it loads all that lists need, and most users of this module need only the count.
    from notifications import personal_data

    return personal_data.export_of(user_id)
