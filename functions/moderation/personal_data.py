"""The personal data of moderation in an export: the reports that the user made."""

from collections.abc import Iterator
from typing import Any

from moderation.report_models import Report
from shared.dynamodb.tables import read_items
from shared.lifecycle.personal_data import Topic, plain, walk_pages

_REPORT = ("report_id", "target_type", "target_id", "reason", "description", "status", "created_at")


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data. What others reported about them, and who, is not theirs."""
    yield Topic("reports", "The reports that you made.", _reports(user_id))


def _reports(user_id: str) -> Iterator[dict[str, Any]]:
    for page in walk_pages(Report.by_reporter, user_id):
        found = read_items((Report, each.report_id) for each in page)
        yield from (plain(report, *_REPORT) for report in found.of(Report))
