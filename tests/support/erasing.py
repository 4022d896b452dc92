"""Deliver user.erased to its consumers."""

from collections.abc import Callable
from typing import Any

from shared.clock import timestamp
from shared.events.envelopes import Envelope
from shared.events.users import UserErased
from tests.support.lambda_time import TimeLeft

type Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def try_to_erase(app: Handler, user_id: str) -> bool:
    """Deliver user.erased to a consumer; return whether it succeeded."""
    body = Envelope("record-0", timestamp(), None, UserErased(user_id)).to_json()
    answer = app({"Records": [{"messageId": "message", "body": body}]}, TimeLeft(pages=1_000))
    return not answer["batchItemFailures"]


def erase(app: Handler, user_id: str) -> None:
    """Deliver user.erased to a consumer, which must succeed."""
    assert try_to_erase(app, user_id)
