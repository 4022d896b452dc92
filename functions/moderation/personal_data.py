"""The personal data of moderation in an export: the reports that the user made, the strikes against
them and their appeals, and their verification request. Its card number is encrypted for its
reviewers, so the export shows the end of it, as the API does."""

from collections.abc import Iterator
from typing import Any

from moderation.report_models import Report
from moderation.strike_models import Strike
from moderation.verifications import latest_request
from shared.dynamodb.tables import read_items
from shared.lifecycle.personal_data import Topic, plain, walk_pages

_REPORT = ("report_id", "target_type", "target_id", "reason", "description", "status", "created_at")
_STRIKE = (
    *("strike_id", "target_type", "target_id", "reason", "created_at"),
    *("appeal_status", "appeal_text", "appealed_at", "resolved_at", "note"),
)
_SHOWN = (
    *("request_id", "status", "reason", "card_ending"),
    *("rejection_reason", "created_at", "resolved_at"),
)


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data. What others reported about them, and who, is not theirs."""
    yield Topic("reports", "The reports that you made.", _reports(user_id))
    strikes = "What moderators decided against your account, and your appeals."
    yield Topic("strikes", strikes, _strikes(user_id))
    found = latest_request(user_id)
    about = "Your request for the badge, if you made one."
    yield Topic("verification", about, plain(found, *_SHOWN) if found else {})


def _reports(user_id: str) -> Iterator[dict[str, Any]]:
    for page in walk_pages(Report.by_reporter, user_id):
        found = read_items((Report, each.report_id) for each in page)
        yield from (plain(report, *_REPORT) for report in found.of(Report))


def _strikes(user_id: str) -> Iterator[dict[str, Any]]:
    for page in walk_pages(Strike.by_owner, user_id):
        found = read_items((Strike, each.strike_id) for each in page)
        for strike in found.of(Strike):
            text = strike.snapshot["text"] if strike.snapshot else None
            yield {**plain(strike, *_STRIKE), "text": text}
