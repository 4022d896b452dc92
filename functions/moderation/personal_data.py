"""The part of moderation in a data export: the person's verification request. The card number is
encrypted for its reviewers, so the export shows the end of it, as the API does."""

from collections.abc import Iterator

from moderation.verifications import latest_request
from shared.lifecycle.personal_data import Topic, plain

_SHOWN = (
    *("request_id", "status", "reason", "card_ending"),
    *("rejection_reason", "created_at", "resolved_at"),
)


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data."""
    found = latest_request(user_id)
    about = "Your request for the badge, if you made one."
    yield Topic("verification", about, plain(found, *_SHOWN) if found else {})
