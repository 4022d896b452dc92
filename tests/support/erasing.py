"""Erasing an account: what its consumers are told."""

from collections.abc import Callable
from typing import Any

from shared.clock import timestamp
from shared.events.envelopes import Envelope
from shared.events.users import UserErased

type Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def try_to_erase(app: Handler, user_id: str) -> bool:
    """Tell a consumer that the account is gone; whether it took the message."""
    body = Envelope("record-0", timestamp(), None, UserErased(user_id)).to_json()
    answer = app({"Records": [{"messageId": "message", "body": body}]}, None)
    return not answer["batchItemFailures"]


def erase(app: Handler, user_id: str) -> None:
    """Tell a consumer that the account is gone, and see that it takes it."""
    assert try_to_erase(app, user_id)
