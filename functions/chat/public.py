"""What chat offers to other services: members' rows of conversations, and the export of a person's
data."""

from collections.abc import Iterator

from chat.models import InboxRow
from shared.lifecycle.personal_data import Topic

__all__ = ["InboxRow", "export_of"]


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data."""
    from chat import personal_data  # late: it needs other services, few importers need it

    return personal_data.export_of(user_id)
