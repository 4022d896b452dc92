"""The audit log: every act of an administrator, written in the transaction that performs it."""

from typing import Any

from moderation.models import AuditEntry
from shared.clock import timestamp
from shared.dynamodb.tables import Transaction
from shared.ids import new_id


def record(
    write: Transaction,
    admin_id: str,
    action: str,
    target: tuple[str, str],
    reason: str | None = None,
    **details: Any,
) -> None:
    """Add an entry to `write`: what the administrator did to `target`, a type and an id."""
    created_at = timestamp()
    entry = AuditEntry(
        created_at[:7],
        new_id(),
        admin_id=admin_id,
        action=action,
        target_type=target[0],
        target_id=target[1],
        reason=reason,
        details=details,
        created_at=created_at,
    )
    write.put(entry, AuditEntry.is_new())
