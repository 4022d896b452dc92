"""GET /admin/users: every account, by time, status and the beginnings of its words."""

from typing import Any

import pytest

from moderation import list_accounts
from shared.access.caller import Caller
from shared.clock import now, stop_at, timestamp
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.support.posts import call
from tests.unit.moderation.conftest import an_admin
from users.index_user import app as index_user
from users.models import User

DAY = 24 * 3600


def index(user_id: str) -> None:
    body = f'{{"user_id": "{user_id}"}}'
    assert index_user({"Records": [{"messageId": "m", "body": body}]}, None) == {
        "batchItemFailures": []
    }


def an_account(**given: Any) -> str:
    user_id = a_user(**given).user_id
    index(user_id)
    return user_id


def accounts(**asked: str) -> list[str]:
    """The ids of all pages."""
    reader, found, cursor = an_admin(), [], None
    while True:
        given = {**asked, **({"cursor": cursor} if cursor else {})}
        status, page = call(list_accounts, "GET /admin/users", reader, query=given or None)
        assert status == 200, page
        found += [each["id"] for each in page["users"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def change(user_id: str, **values: Any) -> None:
    user = User.get(user_id)
    user.update([getattr(User, name).set(value) for name, value in values.items()])
    index(user_id)


def test_every_account_is_listed_whatever_its_status_newest_first() -> None:
    statuses = ("active", "unverified", "banned", "deleted")
    made = {status: an_account(status=status) for status in statuses}
    newest_first = list(made.values())[::-1]
    for limit in ("1", "2", "4", "5"):
        assert accounts(limit=limit) == newest_first
    for status in ("active", "unverified", "banned"):
        assert accounts(status=status) == [made[status]]


def test_an_account_moves_with_its_status_and_goes_with_its_erasure(aws: MemoryAws) -> None:
    user_id = an_account(status="unverified")
    change(user_id, status="active")
    assert (accounts(status="unverified"), accounts(status="active")) == ([], [user_id])
    change(user_id, status="banned", status_before_ban="active")
    assert (accounts(status="active"), accounts(status="banned")) == ([], [user_id])
    User(user_id).delete()
    index(user_id)
    assert aws.dynamo.items("hoshi-account-list") == []


def test_a_ban_that_ran_out_is_none() -> None:
    until = timestamp(now() + DAY)
    user_id = an_account(status="banned", status_before_ban="active", banned_until=until)
    assert (accounts(status="banned"), accounts(status="active")) == ([user_id], [])
    with stop_at(now() + 2 * DAY):
        assert (accounts(status="banned"), accounts(status="active")) == ([], [user_id])


@pytest.mark.parametrize(
    ("q", "is_found"),
    [
        ("ada", True),
        ("ADA", True),
        ("@ada_l", True),
        ("lovelace", True),
        ("lov ad", True),
        ("Lóvelace", True),
        ("ada.l@mail.example.com", True),
        ("ada.l@", True),
        ("love grace", False),
        ("adam", False),
        ("@", False),
    ],
)
def test_accounts_are_found_by_the_beginnings_of_their_words(q: str, is_found: bool) -> None:
    an_account(name="Grace Hopper")
    ada = an_account(username="ada_l", name="Ada Lovelace", email="ada.l@mail.example.com")
    assert accounts(q=q) == ([ada] if is_found else [])
    assert accounts(q=q, status="banned") == []


def test_a_new_name_and_address_replace_the_old_ones() -> None:
    user_id = an_account(name="Ada Lovelace", email="ada@example.com")
    change(user_id, name="Grace Hopper", email="grace@example.com")
    assert accounts(q="ada@example.com") == accounts(q="lovelace") == []
    assert accounts(q="grace@example.com") == accounts(q="hopper") == [user_id]


def test_a_row_is_an_account_as_administrators_see_it() -> None:
    from auth.models import Credentials

    user_id = an_account(name="Ada Lovelace")
    moment = "2026-01-02T03:04:05.678Z"
    Credentials(user_id, last_login_at=moment, created_at=moment).save()
    status, page = call(list_accounts, "GET /admin/users", an_admin(), query={"q": "Ada"})
    assert status == 200
    [row] = page["users"]
    assert (row["id"], row["email"]) == (user_id, User.get(user_id).email)
    assert row["last_login_at"] == "2026-01-02T03:04:05.678Z"


def test_only_administrators_list_accounts() -> None:
    caller: Caller = a_user()
    assert call(list_accounts, "GET /admin/users", caller)[1]["code"] == "admin_only"
    bad = {"status": "deleted"}
    assert call(list_accounts, "GET /admin/users", an_admin(), query=bad)[0] == 400
