"""Bans on real tables: one transaction over the account, its gate and the audit log; and races."""

import json
from functools import partial
from typing import Any

import pytest

from auth.login_accounts import check_may_log_in
from auth.models import Credentials, Session
from auth.sessions import log_in as log_in_to
from moderation.ban_user import app as ban_app
from moderation.models import AuditEntry
from moderation.on_moderation_changed import end_sessions
from moderation.unban_user import app as unban_app
from profiles.get_profile import app as profile_app
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import WriteConflict, in_parallel, query, transaction
from shared.errors import AccountBanned, InvalidCredentials
from shared.http.endpoint import Endpoint
from shared.ids import new_id
from tests.support.events import load_event
from tests.support.gateway import LambdaContext, gateway_event
from users import account_list
from users.account_list import TIMED_BANS
from users.end_bans import app as end_app
from users.models import AccountEntry
from users.public import User, add_account, ban_account, find_user

DAY = 24 * 3600


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


def test_of_a_log_in_and_a_ban_at_once_no_session_is_left(user: User) -> None:
    """Whichever is first: a session from before the ban ends, and one from after it is refused."""
    Credentials(user.user_id, created_at=timestamp()).save()
    for _ in range(5):
        opened: list[str] = []
        log_ins = [partial(log_in, user.user_id, opened)] * 4
        in_parallel(*log_ins, partial(act, ban_app, "ban_user", user))
        follow_up(user)
        assert [own_profile(user, each) for each in opened] == [401] * len(opened)
        act(unban_app, "unban_user", user)


def follow_up(user: User) -> None:
    """Let the stream of the audit log handle the entries about an account."""
    of_user = AuditEntry.target_id == user.user_id
    for entry in AuditEntry.query(timestamp()[:7], filter_condition=of_user):
        end_sessions([Change(None, entry, "1", "r", timestamp())])


def log_in(user_id: str, opened: list[str]) -> None:
    """Log in as the Lambdas do, if the account may; add the session to those that were opened."""
    user = find_user(user_id, consistent=True)
    credentials = Credentials.get(user_id)
    moment = timestamp()
    session = Session(user_id, new_id(), device="d", ip="i", expires_at=int(now()) + DAY)
    session.created_at = session.last_seen_at = moment
    assert user
    try:
        check_may_log_in(user)
        with transaction() as write:
            write.put(session)
            log_in_to(write, user, credentials, session, InvalidCredentials())
    except (AccountBanned, InvalidCredentials, WriteConflict):
        return
    opened.append(session.session_id)


def test_of_an_end_and_a_new_ban_at_once_the_new_ban_stays(user: User) -> None:
    for days in range(1, 6):
        let_a_ban_run_out(user)
        until = timestamp(now() + days * DAY)
        in_parallel(*[end_bans] * 3, partial(ban, user, until))
        stored = find_user(user.user_id, consistent=True)
        assert stored
        assert (stored.status, stored.banned_until) == ("banned", until)


def test_a_ban_that_is_over_ends_once(user: User) -> None:
    let_a_ban_run_out(user)
    in_parallel(*[end_bans] * 4)
    stored = find_user(user.user_id, consistent=True)
    assert stored
    assert (stored.status, stored.banned_until, stored.status_before_ban) == ("active", None, None)
    account_list.refresh(user.user_id)
    found, _ = query(AccountEntry, TIMED_BANS, limit=100)
    assert user.user_id not in {each.user_id for each in found}


def let_a_ban_run_out(user: User) -> None:
    """Ban an account for a day that is over, and list the ban as the job of its change does."""
    ban(user, timestamp(now() - DAY))
    account_list.refresh(user.user_id)


def end_bans() -> None:
    context: Any = LambdaContext(remaining=300_000)
    end_app({}, context)


def ban(user: User, until: str) -> None:
    with transaction() as write:
        ban_account(write, user, "Spam", until)
