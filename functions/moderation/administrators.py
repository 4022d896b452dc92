"""Who the administrators are: the accounts that the audit log says were made one, and still are."""

from moderation.audit import list_name
from moderation.models import AuditEntry
from shared.dynamodb.tables import query
from users.public import account_status, find_users

_MOST = 100  # administrators who are notified; the latest ones


def administrator_ids() -> list[str]:
    """The ids of the administrators, of the latest 100 that were made."""
    made, _ = query(AuditEntry, list_name("action", "make_admin"), limit=_MOST)
    people = find_users({entry.target_id for entry in made})
    return [
        user_id
        for user_id, user in people.items()
        if user.role == "admin" and account_status(user) == "active"
    ]
