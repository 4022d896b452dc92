"""Hourly: purge the accounts whose deletion can no longer be undone."""

from typing import Any

from shared.clock import timestamp
from shared.dynamodb.tables import transaction
from shared.lifecycle.purging import purge_due
from users.deletion import purge_account
from users.models import User

_PAGE = 25  # accounts


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Remove them; the stream tells every service to erase what it holds (`UserErased`)."""
    return purge_due(User.by_purge, User.purge_at <= timestamp(), _purge, context, _PAGE)


def _purge(entry: User) -> None:
    user = User.find(entry.user_id, consistent=True)  # the index holds its key alone
    if user is not None:
        with transaction() as write:
            purge_account(write, user)
