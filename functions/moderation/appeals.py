"""Appeals: the owner's one answer to a strike, and the decision on it.

An appeal is part of its strike, so making it is one conditional write. Its decision is one
transaction over the strike, what comes back, the reports and the audit log; what follows from it
comes from the streams.
"""

from typing import Any

from moderation import audit
from moderation.content_return import return_target
from moderation.report_models import Report, queue_of
from moderation.strike_models import Strike
from moderation.strikes import appeal_until, find_strike, whole
from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed, Transaction, query, read_items, transaction
from shared.errors import (
    AlreadyAppealed,
    AlreadyResolved,
    AppealNotFound,
    AppealWindowPassed,
    StrikeNotFound,
)


def appeal(owner_id: str, strike_id: str, text: str) -> Strike:
    """Appeal a strike of the owner. Raises `StrikeNotFound`, `AlreadyAppealed` or
    `AppealWindowPassed`."""
    strike = find_strike(strike_id)
    if strike.owner_id != owner_id:
        raise StrikeNotFound
    if strike.appealed_at:
        raise AlreadyAppealed
    moment = timestamp()
    if appeal_until(strike) <= moment:
        raise AppealWindowPassed
    try:
        strike.change(
            Strike.appeal_status.set("pending"),
            Strike.appeal_text.set(text),
            Strike.appealed_at.set(moment),
            condition=Strike.is_there() & Strike.appealed_at.does_not_exist(),
        )
    except ConditionFailed as error:
        raise AlreadyAppealed from error
    return strike


def appeals_page(
    status: str, limit: int, after: dict[str, Any] | None
) -> tuple[list[Strike], dict[str, Any] | None]:
    """A page of the strikes whose appeal has this status, the oldest appeal first. One that has
    just been decided is left out of the list that it was in."""
    found, following = query(Strike.by_appeal, status, limit=limit, after=after, newest_first=False)
    return [each for each in whole(found) if each.appeal_status == status], following


def resolve(admin_id: str, appeal_id: str, status: str, note: str | None) -> Strike:
    """Decide on a pending appeal, `upheld` or `reversed`; return its strike as it is then.

    Raises `AppealNotFound`, `AlreadyResolved`, and `ConditionFailed` if what comes back has changed
    since it was read.
    """
    strike = _find(appeal_id)
    if strike.appeal_status != "pending":
        raise AlreadyResolved
    moment = timestamp()
    with transaction() as write:
        write.update(
            Strike(strike.strike_id),
            Strike.appeal_status.set(status),
            Strike.resolved_by.set(admin_id),
            Strike.resolved_at.set(moment),
            *([Strike.note.set(note)] if note else []),
            condition=Strike.appeal_status == "pending",
            otherwise=AlreadyResolved(),
        )
        details: dict[str, Any] = {"appeal_id": appeal_id, "status": status}
        if status == "reversed":
            details["is_back"] = return_target(write, strike)
            _reverse_reports(write, strike)
        target = (strike.target_type, strike.target_id)
        audit.record(write, admin_id, "resolve_appeal", target, note, **details)
    strike.appeal_status, strike.note = status, note
    strike.resolved_by, strike.resolved_at = admin_id, moment
    return strike


def _find(appeal_id: str) -> Strike:
    try:
        strike = find_strike(appeal_id)
    except StrikeNotFound as error:
        raise AppealNotFound from error
    if strike.appeal_status is None:
        raise AppealNotFound
    return strike


def _reverse_reports(write: Transaction, strike: Strike) -> None:
    """Mark the reports that the decision accepted, as far as they still exist, as reversed."""
    read = read_items([(Report, each) for each in strike.report_ids], consistent=True)
    for report in read.of(Report):
        write.update(
            Report(report.report_id),
            Report.status.set("reversed"),
            Report.queue.set(queue_of("reversed", report.target_type)),
            condition=Report.status == "accepted",
        )
