"""The entries of what moderation decides, for reporters and owners of content, and of what
administrators are to look after."""

from notifications.entries import new_entry
from notifications.models import Notification
from shared.events.emails import MailFailed
from shared.events.envelopes import Event
from shared.events.moderation import (
    ContentRemoved,
    ReportCreated,
    ReportResolved,
    VerificationApproved,
    VerificationRejected,
    VerificationRequested,
)


def moderation_entries_of(event: Event) -> list[Notification]:
    """The entries that `event` creates. None names who acted: neither the reporter nor the
    administrator."""
    match event:
        case ReportCreated():
            at, about = event.created_at, event.report_id
            return [new_entry(each, event.type, at, None, about) for each in event.admin_ids]
        case VerificationRequested():
            at, about = event.created_at, event.request_id
            return [new_entry(each, event.type, at, None, about) for each in event.admin_ids]
        case MailFailed():
            at, about = event.hour, event.queue
            return [new_entry(each, event.type, at, None, about) for each in event.admin_ids]
        case ReportResolved():
            at = event.resolved_at
            return [new_entry(event.reporter_id, event.type, at, None, event.report_id)]
        case VerificationApproved() | VerificationRejected():
            at = event.resolved_at
            return [new_entry(event.user_id, event.type, at, None, event.request_id)]
        case ContentRemoved():
            at, target_id = event.removed_at, event.target_id
            entry = new_entry(event.owner_id, event.type, at, None, target_id)
            entry.entity_type = event.target_type
            return [entry]
        case _:
            return []
