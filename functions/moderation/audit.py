"""The audit log: every act of an administrator, written in the transaction that performs it.

An entry is put into four lists of the one table: its month's, its administrator's, its action's and
its target's. Rejected: indexes, of which a deployment can add only one to a table that exists; and
acts of administrators are few.
"""

from collections.abc import Iterator
from typing import Any

from moderation.models import AuditEntry
from shared.clock import timestamp
from shared.dynamodb.tables import Transaction
from shared.ids import new_id

LISTS = 4  # of each entry: the actions that `record` adds to a transaction


def record(
    write: Transaction,
    admin_id: str,
    action: str,
    target: tuple[str, str],
    reason: str | None = None,
    **details: Any,
) -> str:
    """Add an entry to `write`: what the administrator did to `target`, a type and an id. Return the
    entry's id.

    If content was removed, `removed_from` in the details names its owner, who is notified.
    """
    entry_id, created_at = new_id(), timestamp()
    for name in _lists(created_at, admin_id, action, target[1]):
        entry = AuditEntry(
            name,
            entry_id,
            admin_id=admin_id,
            action=action,
            target_type=target[0],
            target_id=target[1],
            reason=reason,
            details=details,
            created_at=created_at,
        )
        write.put(entry, AuditEntry.is_new())
    return entry_id


def list_name(kind: str, value: str) -> str:
    """The list of what one administrator did (`admin`), of one `action`, or of one `target`."""
    return f"{kind}#{value}"


def is_of_month(entry: AuditEntry) -> bool:
    """Whether this is the entry in its month's list: one of the four."""
    return "#" not in entry.list_name


def may_ban(entry: AuditEntry) -> bool:
    """Whether this act may have banned its target: directly, or by accepting a report of it."""
    is_of_account = entry.target_type == "user"
    return is_of_account and entry.action in ("ban_user", "resolve_report")


def _lists(created_at: str, admin_id: str, action: str, target_id: str) -> Iterator[str]:
    yield created_at[:7]
    yield list_name("admin", admin_id)
    yield list_name("action", action)
    yield list_name("target", target_id)
