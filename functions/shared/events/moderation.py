"""Events of reports, of what administrators remove, of appeals, and of verification requests."""

from dataclasses import dataclass

from shared.events.envelopes import Event


@dataclass(frozen=True, slots=True)
class ReportCreated(Event):
    """A user reported a post, a comment, a story, a message or an account; administrators decide
    about it."""

    type = "report.created"
    topic = "moderation"

    report_id: str
    target_type: str
    target_id: str
    admin_ids: list[str]  # the administrators at that time
    created_at: str


@dataclass(frozen=True, slots=True)
class ReportResolved(Event):
    """An administrator decided about a report."""

    type = "report.resolved"
    topic = "moderation"

    report_id: str
    reporter_id: str
    target_type: str
    target_id: str
    status: str  # accepted | rejected
    resolved_at: str


@dataclass(frozen=True, slots=True)
class ContentRemoved(Event):
    """An administrator removed a post, a comment, a story or a message."""

    type = "content.removed"
    topic = "moderation"

    target_type: str
    target_id: str
    owner_id: str
    removed_at: str


@dataclass(frozen=True, slots=True)
class AppealCreated(Event):
    """An account appealed a removal or its ban; administrators decide about it."""

    type = "appeal.created"
    topic = "moderation"

    appeal_id: str
    user_id: str
    admin_ids: list[str]  # the administrators at that time
    created_at: str


@dataclass(frozen=True, slots=True)
class AppealUpheld(Event):
    """An administrator upheld a decision that was appealed."""

    type = "appeal.upheld"
    topic = "moderation"

    appeal_id: str
    user_id: str
    resolved_at: str


@dataclass(frozen=True, slots=True)
class AppealReversed(Event):
    """An administrator reversed a decision that was appealed; what it took away is back, and the
    events of that are published as well."""

    type = "appeal.reversed"
    topic = "moderation"

    appeal_id: str
    user_id: str
    resolved_at: str


@dataclass(frozen=True, slots=True)
class VerificationRequested(Event):
    """A person asked to be verified; administrators decide about it."""

    type = "verification.requested"
    topic = "moderation"

    user_id: str
    request_id: str
    admin_ids: list[str]  # the administrators at that time
    created_at: str


@dataclass(frozen=True, slots=True)
class VerificationApproved(Event):
    """An administrator approved a person's verification request; `user.updated` is published as
    well."""

    type = "verification.approved"
    topic = "moderation"

    user_id: str
    request_id: str
    resolved_at: str


@dataclass(frozen=True, slots=True)
class VerificationRejected(Event):
    """An administrator rejected a person's verification request."""

    type = "verification.rejected"
    topic = "moderation"

    user_id: str
    request_id: str
    resolved_at: str
