"""What moderation offers to other services: recording what an administrator does there, and the
export of a person's data."""

from collections.abc import Iterator

from moderation.audit import record
from shared.lifecycle.personal_data import Topic

__all__ = ["export_of", "record"]


def export_of(user_id: str) -> "Iterator[Topic]":
    """The topics of moderation in the export of a person's data."""
    from moderation import personal_data  # imported late: few importers need it

    return personal_data.export_of(user_id)
