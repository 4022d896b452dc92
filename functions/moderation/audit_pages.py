"""Reading the audit log, latest first: by time, or by administrator, action or target."""

from typing import Any

from moderation.audit import list_name
from moderation.models import AuditEntry
from shared.clock import timestamp
from shared.dynamodb.tables import query

_FIRST_MONTH = "2025-01"  # no deployment is older
_MONTHS = 12  # that one page looks at, at most


def filtered_page(
    filters: dict[str, str], limit: int, after: dict[str, Any] | None
) -> tuple[list[AuditEntry], dict[str, Any] | None]:
    """A page of the entries that have all of these: `target`, `admin`, `action`; one at least.

    The list of the first of them is read, in this order, and the others are compared.
    """
    kinds = [kind for kind in ("target", "admin", "action") if kind in filters]
    matching = None
    for kind in kinds[1:]:
        is_equal = _ATTRIBUTES[kind] == filters[kind]
        matching = is_equal if matching is None else matching & is_equal
    name = list_name(kinds[0], filters[kinds[0]])
    return query(AuditEntry, name, limit=limit, after=after, matching=matching)


def page_by_time(
    limit: int, after: dict[str, Any] | None
) -> tuple[list[AuditEntry], dict[str, Any] | None]:
    """A page of all entries, month by month. It may be short, or empty, before the end."""
    month, key = (after["month"], after["key"]) if after else (timestamp()[:7], None)
    entries: list[AuditEntry] = []
    for _ in range(_MONTHS):
        found, key = query(AuditEntry, month, limit=limit - len(entries), after=key)
        entries += found
        if key is None:
            month = _before(month)
        if month < _FIRST_MONTH:
            return entries, None
        if len(entries) >= limit:
            break
    return entries, {"month": month, "key": key}


def _before(month: str) -> str:
    """The month before a month, both as YYYY-MM."""
    year, number = map(int, month.split("-"))
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"


_ATTRIBUTES = {"admin": AuditEntry.admin_id, "action": AuditEntry.action}
