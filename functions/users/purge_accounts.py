"""Hourly: purge the accounts that can no longer be restored."""

from typing import Any

from shared.clock import timestamp
from shared.dynamodb.tables import transaction
from shared.lifecycle.purging import purge_due
from users.deletion import purge_account
from users.models import User

_PAGE = 25  # accounts


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Purge what is due; the stream publishes user.erased, and each service erases its part."""
    return purge_due(User.by_purge, User.purge_at <= timestamp(), _purge, context, _PAGE)


def _purge(entry: User) -> None:
    user = User.find(entry.user_id, consistent=True)  # the index holds only keys
    if user is not None:
        with transaction() as write:
            purge_account(write, user)
