"""The entries of what moderation decides: for administrators, reporters and owners of content."""

from notifications.entries import new_entry
from notifications.models import Notification
from shared.events.emails import MailFailed
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

OF_MODERATION: tuple[type[Event], ...] = (
    AppealCreated,
    AppealReversed,
    AppealUpheld,
    ContentRemoved,
    MailFailed,
    ReportCreated,
    ReportResolved,
    VerificationApproved,
    VerificationRejected,
    VerificationRequested,
)


def moderation_entries_of(event: Event) -> list[Notification]:
    """The entries that such an event creates; none of another event. None names who acted:
    neither the reporter nor the administrator."""
    match event:
        case AppealCreated():
            return _for_all(event.admin_ids, event.type, event.created_at, event.appeal_id)
        case MailFailed():
            return _for_all(event.admin_ids, event.type, event.hour, event.queue)
        case ReportCreated():
            return _for_all(event.admin_ids, event.type, event.created_at, event.report_id)
        case VerificationRequested():
            return _for_all(event.admin_ids, event.type, event.created_at, event.request_id)
        case AppealUpheld() | AppealReversed():
            return _for_all([event.user_id], event.type, event.resolved_at, event.appeal_id)
        case ReportResolved():
            return _for_all([event.reporter_id], event.type, event.resolved_at, event.report_id)
        case VerificationApproved() | VerificationRejected():
            return _for_all([event.user_id], event.type, event.resolved_at, event.request_id)
        case ContentRemoved():
            [entry] = _for_all([event.owner_id], event.type, event.removed_at, event.target_id)
            entry.entity_type = event.target_type
            return [entry]
        case _:
            return []


def _for_all(user_ids: list[str], type_name: str, at: str, about: str) -> list[Notification]:
    return [new_entry(user_id, type_name, at, None, about) for user_id in user_ids]
