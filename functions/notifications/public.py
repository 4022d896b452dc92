"""What notifications offer to other services: the unread count, logged frames, and the export."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from notifications.read_epochs import stats_of
from shared.lifecycle.personal_data import Topic

if TYPE_CHECKING:
    from shared.realtime.frame_log import Reference


def unread_count(user_id: str) -> int:
    """The number of a person's unread notifications."""
    return max(stats_of(user_id).unread_count, 0)


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data."""
    # Late, because it loads all that lists need, and most users of this module need only the count.
    from notifications import personal_data

    return personal_data.export_of(user_id)


def notification_frames(
    user_id: str, references: "Sequence[Reference]"
) -> dict[str, dict[str, Any]]:
    """The data of those logged frames whose entries the person may see now, by the ids of the
    frames."""
    from notifications import notification_frames as frames  # late, as above

    return frames.logged_notifications(user_id, references)
