"""Events of moderation."""

from dataclasses import dataclass

from shared.events.envelopes import Event


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
