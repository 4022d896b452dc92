"""The entries of what moderation decides: for administrators, reporters and owners of content."""

from notifications.entries import new_entry
from notifications.models import Notification
from shared.events.moderation import (
    AppealCreated,
    AppealReversed,
    AppealUpheld,
    ContentRemoved,
    ReportCreated,
    ReportResolved,
)

type ModerationEvent = (
    ReportCreated | ReportResolved | ContentRemoved | AppealCreated | AppealUpheld | AppealReversed
)


def moderation_entries_of(event: ModerationEvent) -> list[Notification]:
    """The entries that `event` creates. None names who acted: neither the reporter nor the
    administrator."""
    match event:
        case ReportCreated():
            about = ("report.created", event.created_at, None, event.report_id)
            return [new_entry(admin_id, *about) for admin_id in event.admin_ids]
        case ReportResolved():
            at = event.resolved_at
            return [new_entry(event.reporter_id, "report.resolved", at, None, event.report_id)]
        case AppealCreated():
            asked = ("appeal.created", event.created_at, None, event.appeal_id)
            return [new_entry(admin_id, *asked) for admin_id in event.admin_ids]
        case AppealUpheld() | AppealReversed():
            at = event.resolved_at
            return [new_entry(event.user_id, event.type, at, None, event.appeal_id)]
        case ContentRemoved():
            at, target_id = event.removed_at, event.target_id
            entry = new_entry(event.owner_id, "content.removed", at, None, target_id)
            entry.entity_type = event.target_type
            return [entry]
