"""GET /admin/audit-log: what administrators did, latest first."""

from typing import Any, TypedDict

from moderation.audit_pages import filtered_page, page_by_time
from moderation.models import AuditEntry
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.queries import Id, ListQuery, Text
from shared.http.requests import Request
from users.public import User, UserShape, find_users, resolve_any, user_shape

app = endpoint("moderation")


class AuditQuery(ListQuery):
    """Which entries are listed: those that have all that is given."""

    admin = Text(1, 30).optional()
    action = Text(1, 50).optional()
    target_id = Id().optional()


class AuditEntryShape(TypedDict):
    """Shape AuditEntry."""

    id: str
    admin: UserShape | None
    action: str
    target_type: str
    target_id: str
    reason: str | None
    details: dict[str, Any]
    created_at: str


class AuditLog(TypedDict):
    """A page of the audit log."""

    entries: list[AuditEntryShape]
    next_cursor: str | None


@app.serve("GET /admin/audit-log", auth="admin", query=AuditQuery, answer=AuditLog)
def list_audit_log(request: Request[None, AuditQuery]) -> AuditLog:
    """List the acts of administrators. `admin` is null for a deployer's script, and for an account
    that is gone."""
    asked, page = request.query, read_page(request)
    admin = resolve_any(asked.admin, request.caller).user_id if asked.admin else None
    given = {"target": asked.target_id, "admin": admin, "action": asked.action}
    filters = {kind: value for kind, value in given.items() if value}
    if filters:
        entries, following = filtered_page(filters, page.limit, page.after)
    else:
        entries, following = page_by_time(page.limit, page.after)
    people = find_users(entry.admin_id for entry in entries)
    return {
        "entries": [_shape(entry, people.get(entry.admin_id)) for entry in entries],
        "next_cursor": next_cursor(request, following),
    }


def _shape(entry: AuditEntry, admin: User | None) -> AuditEntryShape:
    return {
        "id": entry.entry_id,
        "admin": user_shape(admin) if admin else None,
        "action": entry.action,
        "target_type": entry.target_type,
        "target_id": entry.target_id,
        "reason": entry.reason,
        "details": entry.details,
        "created_at": entry.created_at,
    }
