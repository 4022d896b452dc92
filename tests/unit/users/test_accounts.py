"""Finding accounts, who is visible, and creating, verifying and banning accounts."""

import pytest

from shared.clock import now, stop_at, timestamp
from shared.dynamodb.tables import transaction
from shared.errors import (
    AlreadyVerified,
    CannotBanAdmin,
    EmailTaken,
    UsernameTaken,
    UserNotFound,
)
from tests.support.people import Join, as_caller, block
from users.accounts import unban_account
from users.models import Claim, User
from users.public import (
    account_status,
    ban_account,
    find_by_login,
    find_user,
    find_users,
    is_shown,
    resolve_any,
    resolve_user,
    verify_account,
)

HOUR = 3600


def ban(user: User, until: str | None = None) -> User:
    with transaction() as write:
        ban_account(write, user, "Spam", until)
    return stored(user)


def stored(user: User) -> User:
    found = User.find(user.user_id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("status", "verification", "shown"),
    [
        ("active", "required", True),
        ("unverified", "required", False),
        ("unverified", "optional", True),
        ("deleted", "optional", False),
        ("banned", "optional", False),
    ],
)
def test_which_accounts_are_visible(
    status: str, verification: str, shown: bool, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("EMAIL_VERIFICATION", verification)
    assert is_shown(User("1", status=status)) is shown


def test_a_temporary_ban_ends_by_itself() -> None:
    user = User("1", status="banned", status_before_ban="active")
    user.banned_until = timestamp(now() + HOUR)
    assert account_status(user) == "banned"
    with stop_at(now() + HOUR + 1):
        assert account_status(user) == "active"
        assert is_shown(user)


def test_names_are_found_in_any_case_and_by_address(join: Join) -> None:
    user = join("Yuki_O")
    for text in ("Yuki_O", "yuki_o", "YUKI_O", user.user_id, "me"):
        assert resolve_user(text, as_caller(user)).user_id == user.user_id
    for text in ("\u017fam_\u017fon", "\u212aim"):  # long s and the kelvin sign fold to s and k
        join(text.casefold())
        with pytest.raises(UserNotFound):
            resolve_user(text, as_caller(user))
    for identifier in ("yuki_O", "yuki_o@EXAMPLE.com"):
        found = find_by_login(identifier)
        assert found is not None
        assert found.user_id == user.user_id
    assert find_by_login("nobody") is None
    assert list(find_users([user.user_id, "0" * 26])) == [user.user_id]


@pytest.mark.parametrize("text", ["nobody", "", "ME", "0" * 26, "x" * 3000, "a/b"])
def test_other_texts_find_nobody(text: str, join: Join) -> None:
    with pytest.raises(UserNotFound):
        resolve_user(text, as_caller(join("yuki")))


def test_blocks_hide_both_from_each_other_but_not_from_administrators(join: Join) -> None:
    one, two = join("one"), join("two")
    block(one, two)
    for viewer, other in ((one, two), (two, one)):
        with pytest.raises(UserNotFound):
            resolve_user(other.user_id, as_caller(viewer))
        assert resolve_any(other.username, as_caller(viewer)).user_id == other.user_id


def test_a_name_has_one_holder(join: Join) -> None:
    join("Yuki")
    with pytest.raises(UsernameTaken):
        join("yuki", email="other@example.com")
    with pytest.raises(EmailTaken):
        join("other", email="yuki@example.com")
    assert find_by_login("other") is None


def test_the_names_of_an_expired_sign_up_are_free(join: Join) -> None:
    first = join("yuki", status="unverified", expires_at=int(now()) + HOUR)
    with pytest.raises(UsernameTaken):
        join("yuki")
    with stop_at(now() + HOUR + 1):
        assert find_user(first.user_id) is None
        second = join("yuki")
        with pytest.raises(UserNotFound), transaction() as write:
            verify_account(write, first)
    found = find_by_login("yuki")
    assert found is not None
    assert found.user_id == second.user_id


def test_a_verified_account_does_not_expire(join: Join) -> None:
    user = join("yuki", status="unverified", expires_at=int(now()) + HOUR)
    with transaction() as write:
        verify_account(write, user)
    assert stored(user).status == "active"
    with stop_at(now() + 2 * HOUR):
        assert find_by_login("yuki") is not None
    claims = [Claim.find(key) for key in ("username#yuki", "email#yuki@example.com")]
    assert [claim and claim.expires_at for claim in claims] == [None, None]
    with pytest.raises(AlreadyVerified), transaction() as write:
        verify_account(write, user)


@pytest.mark.parametrize("status", ["active", "unverified"])
def test_the_end_of_a_ban_restores_the_status_from_before(status: str, join: Join) -> None:
    user = join("yuki", status=status)
    banned = ban(ban(user, timestamp(now() + HOUR)))
    assert account_status(banned) == "banned"
    assert banned.banned_until is None
    assert banned.ban_reason == "Spam"
    with transaction() as write:
        unban_account(write, banned)
    free = stored(user)
    assert free.status == status
    assert (free.status_before_ban, free.ban_reason) == (None, None)


def test_an_administrator_cannot_be_banned_even_right_after_the_promotion(join: Join) -> None:
    user = join("yuki")
    stored(user).update([User.role.set("admin")])
    with pytest.raises(CannotBanAdmin):
        ban(user)
    assert stored(user).status == "active"
