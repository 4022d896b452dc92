"""The recount of follows repairs wrong counts, and leaves counts that are only late."""

import pytest

from shared import clock
from shared.dynamodb.recount_lists import ListedItem
from shared.dynamodb.recount_notes import REPAIR_AFTER, Recount
from tests.integration.users.conftest import Join, as_caller, records_of, stored
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from users import follows, on_users_changed, reconcile_follows
from users.models import User


@pytest.fixture(autouse=True)
def no_other_accounts(on_the_foundation: None) -> None:
    """Delete all accounts, because the recount reads every account."""
    for table in (User, Recount, ListedItem):
        for item in table.scan():
            item.delete()


def run() -> dict[str, int]:
    event = load_event("users", "reconcile_follows")
    return reconcile_follows.app(event, LambdaContext(remaining=900_000))


def repairs() -> tuple[int, int, int]:
    """How many counts a run repaired, by how much, and how many were too large for it. (How many
    items it looks at depends on whether a day is over.)"""
    found = run()
    return found["repaired"], found["drift"], found["unfinished"]


def count(*users: User) -> None:
    """Deliver these people's edges to the stream's Lambda."""
    records = records_of("relationships", list(users))
    assert on_users_changed.app({"Records": records}, None) == {"batchItemFailures": []}


def counts(user: User) -> tuple[int, int]:
    now = stored(user)
    return now.follower_count, now.following_count


def test_only_active_follows_are_counted(join: Join) -> None:
    yuki, omar, private = join("yuki"), join("omar"), join("private", is_private=True)
    follows.begin(as_caller(yuki), omar)
    follows.begin(as_caller(omar), yuki)
    follows.begin(as_caller(yuki), private)  # a request
    follows.end(omar.user_id, yuki.user_id)
    count(yuki, omar, private)
    assert [counts(each) for each in (yuki, omar, private)] == [(0, 1), (1, 0), (0, 0)]
    for late in (0, REPAIR_AFTER + 10):
        with clock.stop_at(clock.now() + late):
            assert repairs() == (0, 0, 0)


def test_a_wrong_count_is_repaired_when_it_is_certain(join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    follows.begin(as_caller(yuki), omar)
    count(yuki, omar)
    omar.update(actions=[User.follower_count.set(5), User.following_count.set(2)])
    now = clock.now()
    assert repairs() == (0, 0, 0)  # noted
    with clock.stop_at(now + REPAIR_AFTER - 10):
        assert repairs() == (0, 0, 0)
    with clock.stop_at(now + REPAIR_AFTER + 10):
        assert repairs() == (2, 6, 0)
    assert [counts(each) for each in (yuki, omar)] == [(0, 1), (1, 0)]


def test_a_late_stream_is_not_drift(join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    follows.begin(as_caller(yuki), omar)
    now = clock.now()
    assert repairs() == (0, 0, 0)
    count(yuki, omar)
    with clock.stop_at(now + REPAIR_AFTER + 10):
        assert repairs() == (0, 0, 0)
    assert counts(omar) == (1, 0)
