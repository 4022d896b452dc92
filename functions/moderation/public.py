"""What moderation offers to other services: who the administrators are, recording what they do
there, the export of a person's data, and the verification of a person."""

from collections.abc import Iterator

from moderation.administrators import administrator_ids
from moderation.audit import record
from shared.lifecycle.personal_data import Topic

__all__ = ["administrator_ids", "export_of", "record", "verification_status"]


def export_of(user_id: str) -> "Iterator[Topic]":
    """The topics of moderation in the export of a person's data."""
    from moderation import personal_data  # imported late: few importers need it

    return personal_data.export_of(user_id)


def verification_status(user_id: str) -> str:
    """What became of the person's latest request: none, pending, approved or rejected."""
    from moderation.verifications import latest_request  # likewise

    found = latest_request(user_id, consistent=False)
    return found.status if found else "none"
