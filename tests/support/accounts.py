"""Accounts in the tables, without the users service."""

from typing import Any

from shared.access.caller import Caller
from shared.clock import timestamp
from shared.ids import new_id
from users.models import User


def a_user(**given: Any) -> Caller:
    """Store an account and return it as a caller."""
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
