"""A ban on real tables: one transaction over the account, its gate and the audit log."""

import json
from typing import Any

import pytest

from moderation.ban_user import app as ban_app
from moderation.models import AuditEntry
from moderation.unban_user import app as unban_app
from profiles.get_profile import app as profile_app
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import transaction
from shared.http.endpoint import Endpoint
from shared.ids import new_id
from tests.support.events import load_event
from tests.support.gateway import LambdaContext, gateway_event
from users.public import User, add_account


@pytest.fixture(autouse=True)
def on_the_foundation(foundation: Any) -> None:
    """All of these need the tables."""


@pytest.fixture
def user() -> User:
    moment = timestamp()
    username = f"yuki_{new_id()[-8:]}"
    made = User(new_id(), username=username, name=username, email=f"{username}@example.com")
    made.status, made.created_at, made.updated_at = "active", moment, moment
    with transaction() as write:
        add_account(write, made)
    return made


def act(app: Endpoint, function: str, user: User) -> dict[str, Any]:
    event = load_event("moderation", function)
    event["pathParameters"] = {"user": user.username}
    answer = app(event, LambdaContext())
    assert answer["statusCode"] == 200, answer["body"]
    account: dict[str, Any] = json.loads(answer["body"])["user"]
    return account


def own_profile(user: User, session_id: str) -> int:
    caller = Caller(user.user_id, user.username, session_id, "user", "full")
    event = gateway_event("GET /profile", caller=caller)
    status: int = profile_app(event, LambdaContext())["statusCode"]
    return status


def test_a_ban_ends_earlier_sessions_at_once(user: User) -> None:
    session_id = new_id()
    assert own_profile(user, session_id) == 200
    assert act(ban_app, "ban_user", user)["is_banned"]
    assert own_profile(user, session_id) == 401
    assert not act(unban_app, "unban_user", user)["is_banned"]
    assert own_profile(user, session_id) == 401
    assert own_profile(user, new_id()) == 200


def test_every_act_is_recorded(user: User) -> None:
    act(ban_app, "ban_user", user)
    act(unban_app, "unban_user", user)
    entries = AuditEntry.query(
        timestamp()[:7], filter_condition=AuditEntry.target_id == user.user_id
    )
    assert [(entry.action, entry.reason) for entry in entries] == [
        ("ban_user", "Spam"),
        ("unban_user", None),
    ]
