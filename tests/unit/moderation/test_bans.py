"""Bans: everything that a ban changes is written in one transaction, or nothing is."""

import json
from typing import Any

import pytest

from moderation import on_moderation_changed
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
from shared.realtime.sockets import Connection, sockets_of, store
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.streams import batch, stream_record
from tests.unit.moderation.conftest import an_admin, reported, resolve
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


def connected(user: User, connection_id: str) -> str:
    """Open a socket of a new session; return the session's id."""
    session_id = new_id()
    store(
        Connection(
            connection_id,
            user_id=user.user_id,
            session_id=session_id,
            connected_at=timestamp(),
            expires_at=int(now()) + 7200,
        )
    )
    return session_id


def follow_up(aws: MemoryAws) -> None:
    """Deliver the stream records of all audit entries."""
    items = aws.dynamo.items("hoshi-audit-log")
    records = [
        stream_record(number, new=AuditEntry.from_raw_data(item))
        for number, item in enumerate(items, 1)
    ]
    on_moderation_changed.app(batch(*records), None)


def test_a_ban_closes_the_open_sockets(aws: MemoryAws, user: User) -> None:
    connected(user, "idle")
    act(ban_app, user.user_id)
    follow_up(aws)
    assert aws.closed_sockets == ["idle"]
    assert sockets_of(user.user_id) == []


def test_a_ban_that_is_over_closes_no_socket_of_a_new_session(aws: MemoryAws, user: User) -> None:
    connected(user, "old")
    act(ban_app, user.user_id)
    act(unban_app, user.user_id)
    connected(user, "new")
    for _ in range(2):
        follow_up(aws)
    assert aws.closed_sockets == ["old"]


def test_an_accepted_report_of_an_account_closes_its_sockets(aws: MemoryAws, user: User) -> None:
    reporter, admin = a_user(), an_admin()
    connected(user, "idle")
    for action, closed in (("REJECT", []), ("ACCEPT", ["idle"])):
        report_id = reported(reporter, "user", user.user_id)
        assert resolve(admin, report_id, action)[0] == 200
        follow_up(aws)
        assert aws.closed_sockets == closed


def is_alive(user: User, session_id: str) -> bool:
    try:
        rate_limits.admit(rate_limits.user_budget(user.user_id), session_id)
    except Unauthorized:
        return False
    return True


def test_a_session_that_was_stored_just_before_the_ban_ends_with_it(
    aws: MemoryAws, user: User
) -> None:
    """Its id is later than the one that the ban had made already."""
    act(ban_app, user.user_id)
    late = connected(user, "late")
    assert is_alive(user, late)
    follow_up(aws)
    assert not is_alive(user, late)
    assert aws.closed_sockets == ["late"]


@pytest.mark.parametrize("days", [None, 1])
def test_sessions_of_a_time_after_the_ban_stay(
    aws: MemoryAws, user: User, days: int | None
) -> None:
    act(ban_app, user.user_id, {"duration_days": days})
    if days is None:
        act(unban_app, user.user_id)
    with stop_at(now() + 25 * 3600):
        later = connected(user, "later")
        follow_up(aws)
        assert is_alive(user, later)
    assert aws.closed_sockets == []
