"""The streams of reports, strikes, audit entries and verification requests: events, mails, the
removal of files that nothing refers to any more, and the end of the sessions of who was banned."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from emails.public import send_mail
from media.public import release
from moderation.administrators import administrator_ids
from moderation.audit import is_of_month, may_ban
from moderation.identity_papers import remove_picture
from moderation.models import AuditEntry, Report, Strike, Verification
from moderation.snapshots import uploads_in
from moderation.strike_mails import mail_owner
from shared.access.revocation import end_all_sessions
from shared.clock import timestamp
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import ConditionFailed, transaction
from shared.events.envelopes import Event
from shared.events.moderation import (
    AppealCreated,
    AppealReversed,
    AppealUpheld,
    ContentRemoved,
    ReportCreated,
    ReportResolved,
    VerificationApproved,
    VerificationRejected,
    VerificationRequested,
)
from shared.messaging.streams import stream
from shared.realtime.delivery import close_ended
from users.public import User, find_user, recipient

app = stream("moderation")


@app.publishes(Report)
def report_events(
    change: Change[Report],
) -> Iterator[tuple[str | None, ReportCreated | ReportResolved]]:
    """Publish that a report was created, for the administrators, or resolved, for its reporter."""
    report = change.new
    if report is None or report.status == "reversed":  # which is between owner and administrators
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


@app.react(Report)
def release_files(changes: Sequence[Change[Report]]) -> None:
    """Release the files that deleted and expired reports showed."""
    for change in changes:
        if change.is_removed and change.old:
            release(uploads_in(change.old.snapshot), change.old.report_id)


@app.publishes(Strike)
def appeal_events(
    change: Change[Strike],
) -> Iterator[tuple[str | None, AppealCreated | AppealUpheld | AppealReversed]]:
    """Publish appeal.created, for the administrators, appeal.upheld and appeal.reversed, for the
    owner."""
    strike = change.new
    if strike is None or not change.changed("appeal_status"):
        return
    appeal = (strike.strike_id, strike.owner_id)
    match strike.appeal_status:
        case "pending":
            created = AppealCreated(*appeal, administrator_ids(), strike.appealed_at)
            yield strike.owner_id, created
        case "upheld":
            yield None, AppealUpheld(*appeal, strike.resolved_at)
        case "reversed":
            yield None, AppealReversed(*appeal, strike.resolved_at)


@app.react(Strike)
def mail_owners(changes: Sequence[Change[Strike]]) -> None:
    """Mail what was removed, and what became of appeals. Idempotent: repeated changes send no
    second mail."""
    for change in changes:
        if change.new and (change.is_created or change.changed("appeal_status")):
            mail_owner(change.new)


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


@app.react(AuditEntry)
def end_sessions(changes: Sequence[Change[AuditEntry]]) -> None:
    """Close the open sockets of who was banned. The sessions ended with the ban, but for one of a
    log-in that was stored just before the ban, and whose id is later than the ban's."""
    for change in changes:
        entry = change.new
        if entry and change.is_created and is_of_month(entry) and may_ban(entry):
            _end_late_sessions(entry.target_id)
            close_ended(entry.target_id)


def _end_late_sessions(user_id: str) -> None:
    """End all sessions once more, unless the ban has ended: from then on log-ins are allowed."""
    is_going_on = User.banned_until.does_not_exist() | (User.banned_until > timestamp())
    with suppress(ConditionFailed), transaction() as write:
        write.check(User, user_id, condition=(User.status == "banned") & is_going_on)
        end_all_sessions(write, user_id)


@app.publishes(Verification)
def verification_events(change: Change[Verification]) -> Iterable[tuple[str | None, Event]]:
    """Publish verification.requested, verification.approved and verification.rejected."""
    request = change.new
    if request is None:
        return
    if request.status == "pending" and change.changed("request_id"):
        at, admins = request.created_at, administrator_ids()
        requested = VerificationRequested(request.user_id, request.request_id, admins, at)
        yield request.user_id, requested
    if not change.changed("status"):
        return
    if request.status == "approved":
        yield None, VerificationApproved(request.user_id, request.request_id, request.resolved_at)
    if request.status == "rejected":
        yield None, VerificationRejected(request.user_id, request.request_id, request.resolved_at)


@app.react(Verification)
def follow_up(changes: Sequence[Change[Verification]]) -> None:
    """Delete the pictures of requests that were decided, replaced, erased or forgotten, and mail
    decisions. Idempotent: repeated changes send no second mail."""
    for change in changes:
        old, new = change.old, change.new
        if old and old.picture_key and not (new and new.picture_key == old.picture_key):
            remove_picture(old.picture_key)
        if new and new.status != "pending" and change.changed("status"):
            _mail(new)


def _mail(request: Verification) -> None:
    user = find_user(request.user_id)
    if user is None or user.status == "deleted":
        return
    once = f"verification-{request.request_id}"
    if request.status == "approved":
        send_mail("verification_approved", **recipient(user), once=once)
    else:
        reason = request.rejection_reason or ""
        send_mail("verification_rejected", **recipient(user), once=once, reason=reason)
