"""Bans: everything that a ban changes is written in one transaction, or nothing is."""

import json
from typing import Any

import pytest

from moderation.audit import is_of_month
from moderation.ban_user import app as ban_app
from moderation.models import AuditEntry
from moderation.unban_user import app as unban_app
from shared.access import rate_limits
from shared.access.caller import Caller
from shared.clock import now, stop_at, timestamp
from shared.dynamodb.tables import transaction
from shared.errors import Unauthorized
from shared.http.endpoint import Endpoint
from shared.ids import new_id
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from users.public import User, add_account, find_user, is_shown

ADMIN = Caller(new_id(), "chief", new_id(), "admin", "full")


@pytest.fixture
def user(aws: MemoryAws) -> User:
    moment = timestamp()
    made = User(new_id(), username="Yuki", name="Yuki O", email="yuki@example.com")
    made.status, made.created_at, made.updated_at = "active", moment, moment
    with transaction() as write:
        add_account(write, made)
    return made


def act(
    app: Endpoint, whom: str, body: dict[str, Any] | None = None, caller: Caller = ADMIN
) -> tuple[int, dict[str, Any]]:
    route = app.declaration.routes[0]
    event = gateway_event(
        f"{route.method} {route.path}", path={"user": whom}, body=body, caller=caller
    )
    answer = app(event, LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def stored(user: User) -> User:
    found = find_user(user.user_id)
    assert found is not None
    return found


def recorded(aws: MemoryAws) -> list[AuditEntry]:
    found = []
    for item in aws.dynamo.items("hoshi-audit-log"):
        entry = AuditEntry()
        entry.deserialize(item)
        if is_of_month(entry):
            found.append(entry)
    return found


def test_a_ban_hides_the_account_ends_its_sessions_and_is_recorded(
    aws: MemoryAws, user: User
) -> None:
    session_id = new_id()
    rate_limits.admit(rate_limits.user_budget(user.user_id), session_id)
    status, body = act(ban_app, "yuki", {"reason": "Spam", "duration_days": 7})
    assert status == 200
    assert body["user"] == {
        "id": user.user_id,
        "user_id": user.user_id,
        "username": "Yuki",
        "name": "Yuki O",
        "profile_picture_url": None,
        "is_verified": False,
        "email": "yuki@example.com",
        "email_verified": True,
        "role": "user",
        "is_private": False,
        "is_banned": True,
        "ban_reason": "Spam",
        "banned_until": stored(user).banned_until,
        "created_at": user.created_at,
        "last_login_at": None,
    }
    assert not is_shown(stored(user))
    with pytest.raises(Unauthorized):
        rate_limits.admit(rate_limits.user_budget(user.user_id), session_id)
    [entry] = recorded(aws)
    assert (entry.admin_id, entry.action, entry.target_id) == (
        ADMIN.user_id,
        "ban_user",
        user.user_id,
    )
    assert entry.details == {"until": stored(user).banned_until}


def test_a_ban_of_some_days_ends_by_itself(user: User) -> None:
    act(ban_app, user.user_id, {"duration_days": 7})
    day = 24 * 3600
    with stop_at(now() + 7 * day - 60):
        assert not is_shown(stored(user))
    with stop_at(now() + 7 * day + 60):
        assert is_shown(stored(user))


def test_a_second_ban_replaces_the_first(aws: MemoryAws, user: User) -> None:
    act(ban_app, user.user_id, {"reason": "Spam", "duration_days": 7})
    status, body = act(ban_app, user.user_id)
    assert status == 200
    assert (body["user"]["ban_reason"], body["user"]["banned_until"]) == (None, None)
    assert len(recorded(aws)) == 2


def test_the_end_of_a_ban(aws: MemoryAws, user: User) -> None:
    act(ban_app, user.user_id, {"reason": "Spam"})
    for _ in range(2):
        status, body = act(unban_app, "YUKI")
        assert status == 200
        assert (body["user"]["is_banned"], body["user"]["ban_reason"]) == (False, None)
    assert is_shown(stored(user))
    assert sorted(entry.action for entry in recorded(aws)) == ["ban_user", "unban_user"]


def test_an_administrator_cannot_be_banned(aws: MemoryAws, user: User) -> None:
    user.update([User.role.set("admin")])
    status, body = act(ban_app, user.user_id)
    assert (status, body["code"]) == (403, "cannot_ban_admin")
    assert recorded(aws) == []


def test_a_ban_that_cannot_be_recorded_does_not_happen(user: User, aws: MemoryAws) -> None:
    aws.fail("dynamodb.TransactWriteItems", "InternalServerError", status=500)
    assert act(ban_app, user.user_id)[0] == 503
    assert is_shown(stored(user))


@pytest.mark.parametrize("app", [ban_app, unban_app])
def test_only_administrators_may(app: Endpoint, user: User) -> None:
    for role, scope, code in (
        ("user", "full", "admin_only"),
        ("admin", "unverified", "email_not_verified"),
    ):
        caller = Caller(new_id(), "omar", new_id(), role, scope)
        status, body = act(app, user.user_id, caller=caller)
        assert (status, body["code"]) == (403, code)
    assert act(app, "nobody")[0] == 404


@pytest.mark.parametrize(
    "body", [{"duration_days": 0}, {"duration_days": 3651}, {"reason": "x" * 501}]
)
def test_bad_bodies(body: dict[str, Any], user: User) -> None:
    status, answer = act(ban_app, user.user_id, body)
    assert (status, answer["code"]) == (400, "invalid_input")
    assert is_shown(stored(user))
