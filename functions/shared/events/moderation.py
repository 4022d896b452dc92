"""Events of reports, of what administrators remove, and of verification requests."""

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
