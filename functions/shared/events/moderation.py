"""Events of reports, and of what administrators remove."""

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
