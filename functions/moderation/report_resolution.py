"""The decision on a report: one transaction over the report, its target and the audit log.

An accepted report takes the other pending ones of its target with it: there is nothing left to
decide. A removal or a ban is a strike. What follows, notifications and mails, comes from the
streams.
"""

from typing import Any

from moderation import audit
from moderation.content_removal import removal_push, remove_target
from moderation.report_models import OpenReport, Report, queue_of, target_of
from moderation.strikes import Offence, record_strike
from shared.clock import now, timestamp
from shared.dynamodb.tables import Transaction, query, read_items, transaction
from shared.errors import AlreadyResolved, ReportNotFound
from shared.ids import new_id

# Two actions each, of the 100 that a transaction takes; those beyond stay pending.
_OTHERS = 40
_LIFE = 90 * 24 * 3600  # seconds for which a decided report is kept


def resolve(admin_id: str, report_id: str, status: str, note: str | None) -> Report:
    """Resolve a pending report as `accepted` or `rejected`; return it as it is then.

    Raises `ReportNotFound`, `AlreadyResolved`, `CannotBanAdmin`, and `ConditionFailed` if the
    target or another report of it has changed since it was read.
    """
    report = Report.find(report_id, consistent=True)
    if report is None:
        raise ReportNotFound
    if report.status != "pending":
        raise AlreadyResolved
    is_accepted = status == "accepted"
    others = _others(report) if is_accepted else []
    push = removal_push(report) if is_accepted else None
    report.resolved_by, report.resolved_at, report.note = admin_id, timestamp(), note
    report.status = status
    with transaction() as write:
        for each in (report, *others):
            _close(write, each, report)
        strike_id = new_id()
        is_removed = is_accepted and remove_target(write, report, admin_id, note, strike_id)
        details: dict[str, Any] = {"report_id": report_id, "status": status}
        if others:
            details["also_resolved"] = [each.report_id for each in others]
        if is_removed:
            ids = [each.report_id for each in (report, *others)]
            record_strike(
                write,
                admin_id,
                "resolve_report",
                _offence(report),
                note,
                strike_id=strike_id,
                report_ids=ids,
                **details,
            )
        else:
            target = (report.target_type, report.target_id)
            audit.record(write, admin_id, "resolve_report", target, note, **details)
    if push and is_removed:
        push()
    return report


def _others(report: Report) -> list[Report]:
    """The other pending reports of the same target, as many as the transaction takes."""
    target = target_of(report.target_type, report.target_id)
    found, _ = query(OpenReport, target, limit=_OTHERS + 1, consistent=True)
    ids = [each.report_id for each in found if each.report_id != report.report_id]
    read = read_items([(Report, each) for each in ids[:_OTHERS]], consistent=True)
    return [each for each in read.of(Report) if each.status == "pending"]


def _offence(report: Report) -> Offence:
    return Offence(
        report.target_type,
        report.target_id,
        report.owner_id,
        report.snapshot,
        report.container_id,
    )


def _close(write: Transaction, report: Report, decided: Report) -> None:
    """Resolve `report` as the one that was `decided`, so that its reporter may report again."""
    write.update(
        Report(report.report_id),
        Report.status.set(decided.status),
        Report.queue.set(queue_of(decided.status, report.target_type)),
        Report.resolved_by.set(decided.resolved_by),
        Report.resolved_at.set(decided.resolved_at),
        Report.note.set(decided.note) if decided.note else Report.note.remove(),
        Report.expires_at.set(int(now()) + _LIFE),
        condition=Report.status == "pending",
    )
    if report.reporter_id:
        target = target_of(report.target_type, report.target_id)
        write.delete(OpenReport(target, report.reporter_id))
