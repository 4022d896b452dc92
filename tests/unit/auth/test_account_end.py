"""Deleting an account, restoring it by a log-in, and purging it after 30 days."""

import json
from typing import Any

import pytest

from auth.models import Credentials
from auth.public import confirm_password
from auth.refresh_tokens import app as refresh_app
from auth.request_password_reset import app as forgot_app
from auth.resend_otp import app as resend_app
from auth.reset_password import app as reset_app
from auth.signup_user import app as signup_app
from auth.verify_login_code import app as login_code_app
from profiles.delete_account import app as delete_app
from shared.clock import stop_at, timestamp
from shared.dynamodb.tables import Transaction, WriteConflict, transaction
from shared.errors import WrongPassword
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.auth.conftest import Call, Newcomer, context_of
from users.deletion import delete_account
from users.models import Claim, User
from users.public import account_status, ban_account, find_user, is_shown, unban_account
from users.purge_accounts import app as purge_app

DAY = 24 * 3600


def delete(token: str, **body: Any) -> tuple[int, dict[str, Any]]:
    event = load_event("profiles", "delete_account")
    event["body"] = json.dumps(body)
    event["requestContext"]["authorizer"] = context_of(token)
    answer = delete_app(event, LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def gone(newcomer: Newcomer) -> dict[str, Any]:
    """Sign up and delete the account; return the tokens from before."""
    given = newcomer.enter()
    status, answer = delete(given["token"], password=newcomer.password)
    assert status == 202, answer
    return given


def stored(given: dict[str, Any]) -> User:
    user = User.find(given["user"]["id"])
    assert user is not None
    return user


def purge() -> dict[str, int]:
    context: Any = LambdaContext(remaining=300_000)
    return purge_app(load_event("users", "purge_accounts"), context)


def test_a_deleted_account_is_hidden_and_logged_out_at_once(
    newcomer: Newcomer, call: Call, noon: float
) -> None:
    given = gone(newcomer)
    user = stored(given)
    assert not is_shown(user)
    assert (user.status, user.purge_at) == ("deleted", timestamp(noon + 30 * DAY))
    status, answer = delete(given["token"], password=newcomer.password)
    assert (status, answer["code"]) == (401, "unauthorized")
    refused = call(refresh_app, {"refresh_token": given["refresh_token"]})
    assert refused[1]["code"] == "invalid_refresh_token"


@pytest.mark.parametrize("body", [{"password": "Wrong-Horse-7"}, {}, {"confirm_username": "x"}])
def test_only_the_password_deletes_an_account_that_has_one(
    newcomer: Newcomer, body: dict[str, Any]
) -> None:
    given = newcomer.enter()
    status, answer = delete(given["token"], **body)
    assert (status, answer["code"]) == (403, "wrong_password")
    assert account_status(stored(given)) == "active"


def test_an_account_without_a_password_is_deleted_with_its_username(newcomer: Newcomer) -> None:
    given = newcomer.enter()
    Credentials(given["user"]["id"]).update(actions=[Credentials.password_hash.remove()])
    for wrong in ({}, {"confirm_username": "somebody"}, {"password": newcomer.password}):
        status, answer = delete(given["token"], **wrong)
        assert (status, answer["code"]) == (400, "invalid_input")
    assert delete(given["token"], confirm_username=newcomer.username.upper())[0] == 202


def test_a_password_changed_at_the_same_time_deletes_nothing(newcomer: Newcomer) -> None:
    user_id = newcomer.enter()["user"]["id"]
    write = Transaction()
    assert confirm_password(write, user_id, newcomer.password)
    Credentials(user_id).update(actions=[Credentials.revision.add(1)])
    with pytest.raises(WrongPassword):
        write.send()


def test_a_deletion_is_revealed_only_to_the_right_password(newcomer: Newcomer) -> None:
    gone(newcomer)
    assert newcomer.log_in()[1]["code"] == "account_deleted"
    for more in ({}, {"restore": True}):
        assert newcomer.log_in(password="Wrong-1-pw", **more)[1]["code"] == "invalid_credentials"


def test_a_log_in_undoes_a_deletion(newcomer: Newcomer, call: Call) -> None:
    given = gone(newcomer)
    before = stored(given)
    status, again = newcomer.log_in(restore=True)
    assert (status, again["scope"]) == (200, "full")
    user = stored(given)
    assert is_shown(user)
    assert (user.deletion, user.deleted_at, user.purge_at) == (None, None, None)
    assert user.username == before.username
    claims = [Claim.get(f"username#{newcomer.username}"), Claim.get(f"email#{newcomer.email}")]
    assert [claim.expires_at for claim in claims] == [None, None]
    assert newcomer.log_in(restore=True)[0] == 200, "there is nothing left to restore: a log-in"
    old = call(refresh_app, {"refresh_token": given["refresh_token"]})
    assert old[1]["code"] == "invalid_refresh_token", "the sessions from before stay ended"


def test_the_second_factor_is_asked_before_a_deletion_is_undone(
    newcomer: Newcomer, call: Call
) -> None:
    newcomer.register(enable_2fa=True)
    status, given = newcomer.verify()
    assert status == 200
    assert delete(given["token"], password=newcomer.password)[0] == 202
    assert newcomer.log_in()[1]["code"] == "account_deleted"
    status, asked = newcomer.log_in(restore=True)
    assert (status, asked["is_2fa_required"]) == (200, True)
    assert account_status(stored(given)) == "deleted"
    step = {"challenge_id": asked["challenge_id"], "otp_code": newcomer.wrong_code}
    assert call(login_code_app, step)[1]["code"] == "invalid_2fa_code"
    assert account_status(stored(given)) == "deleted"
    assert call(login_code_app, {**step, "otp_code": newcomer.code})[0] == 200
    assert account_status(stored(given)) == "active"


def test_another_code_undoes_the_deletion_as_well(
    newcomer: Newcomer, call: Call, noon: float
) -> None:
    newcomer.register(enable_2fa=True)
    given = newcomer.verify()[1]
    assert delete(given["token"], password=newcomer.password)[0] == 202
    asked = newcomer.log_in(restore=True)[1]
    with stop_at(noon + 60):
        again = {"purpose": "two_factor", "challenge_id": asked["challenge_id"]}
        assert call(resend_app, again)[0] == 200
        step = {"challenge_id": asked["challenge_id"], "otp_code": newcomer.code}
        assert call(login_code_app, step)[0] == 200
    assert account_status(stored(given)) == "active"


def test_a_code_of_an_ordinary_log_in_restores_nothing(newcomer: Newcomer, call: Call) -> None:
    newcomer.register(enable_2fa=True)
    given = newcomer.verify()[1]
    asked = newcomer.log_in()[1]
    code = newcomer.code
    assert delete(given["token"], password=newcomer.password)[0] == 202
    step = {"challenge_id": asked["challenge_id"], "otp_code": code}
    assert call(login_code_app, step)[1]["code"] == "account_deleted"
    assert account_status(stored(given)) == "deleted"


def test_a_deleted_account_can_be_restored_after_a_password_reset(
    newcomer: Newcomer, call: Call
) -> None:
    given = gone(newcomer)
    assert call(forgot_app, {"email": newcomer.email})[0] == 200
    newcomer.password = "Battery-Staple-8"
    body = {"email": newcomer.email, "otp_code": newcomer.code, "new_password": newcomer.password}
    assert call(reset_app, body)[0] == 200
    assert account_status(stored(given)) == "deleted", "a new password alone restores nothing"
    assert newcomer.log_in(restore=True)[0] == 200


def test_after_thirty_days_there_is_no_such_account(newcomer: Newcomer, noon: float) -> None:
    given = gone(newcomer)
    with stop_at(noon + 30 * DAY - 1):
        assert newcomer.log_in()[1]["code"] == "account_deleted"
    with stop_at(noon + 30 * DAY):
        for more in ({}, {"restore": True}):
            status, answer = newcomer.log_in(**more)
            assert (status, answer["code"]) == (401, "invalid_credentials")
        assert find_user(given["user"]["id"]) is None
        assert newcomer.register()[0] == 201, "its names are free before the purge runs"


def test_the_purge_erases_due_accounts_and_their_names(newcomer: Newcomer, noon: float) -> None:
    given = gone(newcomer)
    user_id = given["user"]["id"]
    with stop_at(noon + 30 * DAY - 1):
        assert purge() == {"purged": 0, "failed": 0}
    with stop_at(noon + 30 * DAY):
        assert purge() == {"purged": 1, "failed": 0}
        assert User.find(user_id) is None
        assert Claim.find(f"username#{newcomer.username}") is None
        assert Claim.find(f"email#{newcomer.email}") is None
        assert purge() == {"purged": 0, "failed": 0}


def test_the_purge_keeps_names_that_others_have_taken(newcomer: Newcomer, noon: float) -> None:
    gone(newcomer)
    with stop_at(noon + 30 * DAY):
        newcomer.register()
        assert newcomer.verify()[0] == 200
        assert purge() == {"purged": 1, "failed": 0}
        assert newcomer.log_in()[0] == 200


def test_an_account_that_cannot_be_purged_does_not_block_others(
    aws: MemoryAws, newcomer: Newcomer, noon: float
) -> None:
    gone(newcomer)
    with stop_at(noon + 30 * DAY):
        aws.fail("dynamodb.TransactWriteItems", "ValidationException", times=1)
        assert purge() == {"purged": 0, "failed": 1}
        assert purge() == {"purged": 1, "failed": 0}


def test_a_run_without_time_purges_nothing(newcomer: Newcomer, noon: float) -> None:
    gone(newcomer)
    with stop_at(noon + 30 * DAY):
        short: Any = LambdaContext(remaining=20_000)
        assert purge_app({}, short) == {"purged": 0, "failed": 0}


def test_a_ban_neither_restores_nor_saves_a_deleted_account(
    newcomer: Newcomer, noon: float
) -> None:
    given = gone(newcomer)
    with transaction() as write:
        ban_account(write, stored(given), "Spam", timestamp(noon + 3600))
    assert newcomer.log_in(restore=True)[1]["code"] == "account_banned"
    with stop_at(noon + 3600):
        assert newcomer.log_in()[1]["code"] == "account_deleted", "the ban is over"
    with transaction() as write:
        unban_account(write, stored(given))
    assert account_status(stored(given)) == "deleted"
    with transaction() as write:
        ban_account(write, stored(given), "Spam", None)
    with stop_at(noon + 30 * DAY):
        assert find_user(given["user"]["id"]) is None
        assert purge() == {"purged": 1, "failed": 0}


def test_a_deletion_is_undone_after_a_ban_that_ran_out(newcomer: Newcomer, noon: float) -> None:
    given = gone(newcomer)
    with transaction() as write:
        ban_account(write, stored(given), "Spam", timestamp(noon + 3600))
    with stop_at(noon + 3600):
        assert newcomer.log_in(restore=True)[0] == 200
        assert (stored(given).status, stored(given).banned_until) == ("active", None)


def test_a_ban_that_ran_out_does_not_come_back(newcomer: Newcomer, noon: float) -> None:
    given = newcomer.enter()
    with transaction() as write:
        ban_account(write, stored(given), "Spam", timestamp(noon + 3600), "strike")
    with stop_at(noon + 3600):
        token = newcomer.log_in()[1]["token"]
        assert delete(token, password=newcomer.password)[0] == 202
        assert (account_status(stored(given)), stored(given).ban_id) == ("deleted", None)
        assert newcomer.log_in(restore=True)[0] == 200


def test_an_unverified_account_ends_when_it_would_have_expired(
    newcomer: Newcomer, call: Call, noon: float
) -> None:
    body = {"name": "Yuki O", "username": newcomer.username, "email": newcomer.email}
    status, given = call(signup_app, {**body, "password": newcomer.password})
    assert (status, given["scope"]) == (201, "unverified")
    assert delete(given["token"], password=newcomer.password)[0] == 202
    assert stored(given).purge_at == timestamp(noon + DAY)
    assert newcomer.log_in(restore=True)[1]["code"] == "email_not_verified"
    status, again = newcomer.log_in("/api/v1/auth/login", restore=True)
    assert (status, again["scope"]) == (200, "unverified")
    user = stored(given)
    assert (user.status, user.expires_at) == ("unverified", int(noon) + DAY)
    claim = Claim.get(f"email#{newcomer.email}")
    assert claim.expires_at == user.expires_at, "and the names with it"


def test_two_deletions_at_once_are_one(newcomer: Newcomer) -> None:
    user = stored(newcomer.enter())
    with transaction() as write:
        delete_account(write, user)
    with pytest.raises(WriteConflict), transaction() as write:
        delete_account(write, user)
    assert User.get(user.user_id).status_before_deletion == "active"
