"""Deleting, restoring and purging on real tables, and user.erased at every service."""

import json
from typing import Any

import pytest

from ai.on_user_erased import app as ai_app
from auth.on_user_erased import app as auth_app
from chat.on_user_erased import app as chat_app
from exports.on_user_erased import app as exports_app
from feeds.on_user_erased import app as feeds_app
from media.on_user_erased import app as media_app
from notifications.on_user_erased import app as notifications_app
from posts.on_user_erased import app as posts_app
from saved.on_user_erased import app as saved_app
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
    ai_app,
    auth_app,
    chat_app,
    exports_app,
    feeds_app,
    media_app,
    notifications_app,
    posts_app,
    saved_app,
    users_app,
]


def delete(user: User) -> None:
    with transaction() as write:
        delete_account(write, user)


def restore(user: User) -> None:
    with transaction() as write:
        restore_account(write, user, InvalidCredentials())


def pending() -> list[str]:
    """The ids of the accounts that are being deleted, by purge time."""
    found, _ = query(User.by_purge, PENDING, limit=100, newest_first=False)
    return [user.user_id for user in found]


def claims_of(user: User) -> list[str | None]:
    """The holders of an account's names."""
    keys = f"username#{user.username.casefold()}", f"email#{user.email.casefold()}"
    claims = [Claim.find(key, consistent=True) for key in keys]
    return [claim and claim.user_id for claim in claims]


def purge() -> dict[str, int]:
    context: Any = LambdaContext(remaining=300_000)
    return purge_app({}, context)


def test_a_deletion_is_in_the_index_until_it_is_undone(join: Join) -> None:
    user = join("yuki")
    delete(user)
    assert user.user_id in pending()
    deleted = stored(user)
    restore(deleted)
    assert user.user_id not in pending()
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
    assert user.user_id not in pending()


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
def test_every_service_consumes_the_erasure(join: Join) -> None:
    user, fan = join("gone"), join("fan")
    follow(as_caller(fan), as_caller(user))
    delete(user)
    with stop_at(now() + MONTH + 1):
        purge()
    deliver(on_users_changed, stream_records("users", user.user_id)[-1:])
    for app in ERASURES:
        messages = take(app.queue, lambda body: body["data"].get("user_id") == user.user_id)
        assert [json.loads(each["body"])["type"] for each in messages] == ["user.erased"], app.queue
        deliver_twice(app, messages)
    assert list(Relationship.query(user.user_id)) == []
    assert list(Relationship.query(fan.user_id)) == []


def deliver_twice(app: Erasure, messages: list[dict[str, Any]]) -> None:
    """Deliver an event twice, as SQS may do."""
    for _ in range(2):
        assert app({"Records": messages}, None) == {"batchItemFailures": []}
