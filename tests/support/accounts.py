"""Accounts in the tables, as the users service would have left them."""

from typing import Any

from shared.access.caller import Caller
from shared.clock import timestamp
from shared.ids import new_id
from users.models import User


def a_user(**given: Any) -> Caller:
    """An account, as the caller that it is."""
    user_id, moment = new_id(), timestamp()
    username = f"user_{user_id[-12:].lower()}"
    User(
        user_id,
        **{
            "username": username,
            "name": "Some Person",
            "email": f"{username}@example.com",
            "status": "active",
            "created_at": moment,
            "updated_at": moment,
            **given,
        },
    ).save()
    return Caller(user_id, username, new_id(), "user", "full")
