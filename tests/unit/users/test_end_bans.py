"""Timed bans end by themselves: found in a list by their ends, and only while they are the same."""

from typing import Any

import pytest

from shared.clock import now, stop_at, timestamp
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import query, transaction
from shared.events.users import UserUnbanned
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.people import Join
from users import account_list
from users.account_list import TIMED_BANS
from users.end_bans import app
from users.models import AccountEntry, User
from users.on_users_changed import account_events
from users.public import ban_account, delete_account, unban_account

DAY = 24 * 3600


def run() -> dict[str, int]:
    context: Any = LambdaContext(remaining=300_000)
    return app({}, context)


def ban(user: User, days: int | None) -> User:
    """Ban an account, and let the job that follows list the ban."""
    until = timestamp(now() + days * DAY) if days else None
    with transaction() as write:
        ban_account(write, user, "Spam", until)
    account_list.refresh(user.user_id)
    return stored(user)


def stored(user: User) -> User:
    found = User.find(user.user_id)
    assert found
    return found


def listed() -> list[str]:
    found, _ = query(AccountEntry, TIMED_BANS, limit=100, newest_first=False)
    return [entry.user_id for entry in found]


def test_a_ban_ends_when_its_time_is_over_and_its_end_is_published(join: Join, noon: float) -> None:
    soon, later, forever = join("soon"), join("later"), join("forever")
    before = ban(soon, 1)
    ban(later, 2)
    ban(forever, None)
    assert listed() == [soon.user_id, later.user_id]
    with stop_at(noon + DAY - 1):
        run()
        assert stored(soon).status == "banned"
    with stop_at(noon + DAY + 1):
        assert run() == {"purged": 1, "failed": 0}
    ended = stored(soon)
    assert (ended.status, ended.banned_until, ended.ban_reason) == ("active", None, None)
    change = Change(before, ended, "1", "r", timestamp())
    assert list(account_events(change)) == [(None, UserUnbanned(soon.user_id))]
    assert {stored(each).status for each in (later, forever)} == {"banned"}
    account_list.refresh(soon.user_id)
    assert listed() == [later.user_id]


def test_a_ban_that_was_prolonged_does_not_end(join: Join, noon: float) -> None:
    user = join("yuki")
    ban(user, 1)
    with transaction() as write:  # the job that lists it has not run yet
        ban_account(write, user, "Spam", timestamp(now() + 7 * DAY))
    with stop_at(noon + DAY + 60):
        run()
    assert stored(user).status == "banned"


def test_a_ban_of_the_same_moment_does_not_end(
    join: Join, noon: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account is read, then banned again, then the end is written."""
    user = join("yuki")
    found = ban(user, 1)
    with stop_at(noon + DAY + 60):
        until = timestamp(now() + 7 * DAY)
        with transaction() as write:
            ban_account(write, user, "Again", until)
        monkeypatch.setattr(User, "find", lambda *key, **_: found)
        run()
        monkeypatch.undo()
    assert (stored(user).status, stored(user).banned_until) == ("banned", until)


def test_a_ban_that_an_administrator_ended_leaves_the_list(join: Join, noon: float) -> None:
    user = ban(join("yuki"), 1)
    with transaction() as write:
        unban_account(write, user)
    account_list.refresh(user.user_id)
    assert listed() == []
    with stop_at(noon + DAY + 60):
        assert run() == {"purged": 0, "failed": 0}


def test_an_account_that_is_gone_delays_no_other(join: Join, noon: float) -> None:
    gone, user = ban(join("gone"), 1), ban(join("yuki"), 1)
    gone.delete()
    with stop_at(noon + DAY + 60):
        run()
    assert stored(user).status == "active"


def test_an_account_from_before_its_verification_is_unverified_again(
    join: Join, noon: float
) -> None:
    user = ban(join("yuki", status="unverified"), 1)
    with stop_at(noon + DAY + 60):
        run()
    assert stored(user).status == "unverified"


def test_a_deletion_after_the_end_is_no_end(join: Join, noon: float) -> None:
    before = ban(join("yuki"), 1)
    with stop_at(noon + DAY + 60):
        with transaction() as write:
            delete_account(write, before)
        run()
    change = Change(before, stored(before), "1", "r", timestamp())
    assert not [event for _, event in account_events(change) if isinstance(event, UserUnbanned)]


def test_the_runs_do_not_grow_with_the_accounts(join: Join, aws: MemoryAws) -> None:
    for number in range(5):
        join(f"person_{number}")
    aws.calls.clear()
    run()
    assert aws.calls == ["dynamodb.Query"]
