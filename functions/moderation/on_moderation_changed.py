"""Streams of reports and of the audit log: publish report.created, report.resolved and
content.removed."""

from collections.abc import Iterator

from moderation.administrators import administrator_ids
from moderation.audit import is_of_month
from moderation.models import AuditEntry, Report
from shared.dynamodb.changes import Change
from shared.events.moderation import ContentRemoved, ReportCreated, ReportResolved
from shared.messaging.streams import stream

app = stream("moderation")


@app.publishes(Report)
def report_events(
    change: Change[Report],
) -> Iterator[tuple[str | None, ReportCreated | ReportResolved]]:
    """Publish that a report was created, for the administrators, or resolved, for its reporter."""
    report = change.new
    if report is None:
        return
    target = (report.target_type, report.target_id)
    if change.is_created:
        admins = administrator_ids()
        yield (
            report.reporter_id,
            ReportCreated(report.report_id, *target, admins, report.created_at),
        )
    elif change.changed("status") and report.reporter_id:
        yield (
            report.resolved_by,
            ReportResolved(
                report.report_id, report.reporter_id, *target, report.status, report.resolved_at
            ),
        )


@app.publishes(AuditEntry)
def removals(change: Change[AuditEntry]) -> Iterator[tuple[str, ContentRemoved]]:
    """Publish that content was removed, once for the four copies of an entry."""
    entry = change.new
    if entry is None or not change.is_created or not is_of_month(entry):
        return
    owner_id = entry.details.get("removed_from")
    if owner_id:
        removed = ContentRemoved(entry.target_type, entry.target_id, owner_id, entry.created_at)
        yield entry.admin_id, removed
