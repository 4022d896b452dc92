"""Deleting, restoring and purging on real tables, and how the services come to hear of the end."""

import json
from typing import Any

import pytest

from auth.on_user_erased import app as auth_app
from chat.on_user_erased import app as chat_app
from feeds.on_user_erased import app as feeds_app
from media.on_user_erased import app as media_app
from notifications.on_user_erased import app as notifications_app
from posts.on_user_erased import app as posts_app
from shared.clock import now, stop_at
from shared.dynamodb.tables import in_parallel, query, transaction
from shared.errors import InvalidCredentials
from shared.lifecycle.erasure import Erasure
from shared.lifecycle.purging import PENDING
from tests.integration.posts.world import deliver, follow, stream_records, take
from tests.integration.users.conftest import Join, as_caller, stored
from tests.support.gateway import LambdaContext
from users.deletion import delete_account, restore_account
from users.models import Claim, Relationship, User
from users.on_user_erased import app as users_app
from users.on_users_changed import app as on_users_changed
from users.purge_accounts import app as purge_app

MONTH = 30 * 24 * 3600
ERASURES = [
    auth_app,
    users_app,
    posts_app,
    feeds_app,
    media_app,
    chat_app,
    notifications_app,
]


def delete(user: User) -> None:
    with transaction() as write:
        delete_account(write, user)


def restore(user: User) -> None:
    with transaction() as write:
        restore_account(write, user, InvalidCredentials())


def waiting() -> list[str]:
    """Who is being deleted, by when they are purged."""
    found, _ = query(User.by_purge, PENDING, limit=100, newest_first=False)
    return [user.user_id for user in found]


def claims_of(user: User) -> list[str | None]:
    """Who holds the names of an account."""
    keys = f"username#{user.username.casefold()}", f"email#{user.email.casefold()}"
    claims = [Claim.find(key, consistent=True) for key in keys]
    return [claim and claim.user_id for claim in claims]


def purge() -> dict[str, int]:
    context: Any = LambdaContext(remaining=300_000)
    return purge_app({}, context)


def test_a_deletion_waits_in_the_index_until_it_is_undone(join: Join) -> None:
    user = join("yuki")
    delete(user)
    assert user.user_id in waiting()
    deleted = stored(user)
    restore(deleted)
    assert user.user_id not in waiting()
    assert (stored(user).status, deleted.status) == ("active", "active")
    with pytest.raises(InvalidCredentials):
        restore(deleted)


def test_the_purge_frees_the_names(join: Join) -> None:
    user, other = join("gone"), join("other")
    delete(user)
    assert purge()["purged"] == 0
    with stop_at(now() + MONTH + 1):
        assert purge() == {"purged": 1, "failed": 0}
    assert User.find(user.user_id, consistent=True) is None
    assert claims_of(user) == [None, None]
    assert claims_of(other) == [other.user_id, other.user_id]
    assert user.user_id not in waiting()


def test_two_runs_at_once_purge_an_account_once(join: Join) -> None:
    people = [join("gone") for _ in range(3)]
    for user in people:
        delete(user)
    with stop_at(now() + MONTH + 1):
        ran = in_parallel(purge, purge)
        assert purge() == {"purged": 0, "failed": 0}
    assert all(User.find(user.user_id, consistent=True) is None for user in people)
    for user in people:
        records = stream_records("users", user.user_id)
        assert [each["eventName"] for each in records].count("REMOVE") == 1
    assert ran[0]["purged"] + ran[1]["purged"] >= len(people)


@pytest.mark.usefixtures("bucket")
def test_every_service_hears_of_the_end(join: Join) -> None:
    user, fan = join("gone"), join("fan")
    follow(as_caller(fan), as_caller(user))
    delete(user)
    with stop_at(now() + MONTH + 1):
        purge()
    deliver(on_users_changed, stream_records("users", user.user_id)[-1:])
    for app in ERASURES:
        told = take(app.queue, lambda body: body["data"].get("user_id") == user.user_id)
        assert [json.loads(each["body"])["type"] for each in told] == ["user.erased"], app.queue
        again(app, told)
    assert list(Relationship.query(user.user_id)) == []
    assert list(Relationship.query(fan.user_id)) == []


def again(app: Erasure, told: list[dict[str, Any]]) -> None:
    """Give the event to its consumer twice, as may happen."""
    for _ in range(2):
        assert app({"Records": told}, None) == {"batchItemFailures": []}
