from typing import Any

import pytest

from auth.models import Credentials
from auth.resend_otp import app as resend_app
from auth.signup_user import app as signup_app
from auth.verify_otp import app as verify_app
from shared.clock import stop_at
from tests.support.memory_aws import MemoryAws
from tests.unit.auth.conftest import Call, Newcomer
from tests.unit.conftest import Log

DAY = 24 * 3600


def test_registering_gives_an_account_and_a_code_but_no_token(
    aws: MemoryAws, newcomer: Newcomer
) -> None:
    status, given = newcomer.register()
    assert status == 201
    assert given["id"] == given["user_id"]
    assert (given["username"], given["email"]) == (newcomer.username, newcomer.email)
    assert given["expires_in"] == 600
    assert "token" not in given
    [mail] = newcomer.mails(newcomer.email)
    assert mail["template"] == "verification_code"
    assert aws.calls.count("dynamodb.TransactWriteItems") == 1


def test_neither_password_nor_code_is_stored_or_logged(
    aws: MemoryAws, newcomer: Newcomer, log: Log
) -> None:
    newcomer.enter()
    tables = ("users", "claims", "credentials", "challenges", "sessions", "gates")
    stored = str([aws.dynamo.items(f"hoshi-{table}") for table in tables])
    assert newcomer.username in stored
    assert newcomer.password not in stored
    assert f"'{newcomer.code}'" not in stored
    for secret in (newcomer.password, newcomer.code, newcomer.email):
        assert secret not in log.text


@pytest.mark.parametrize("named", ["the account", "nobody"])
def test_after_a_code_that_could_not_be_sent_another_can_be_requested_at_once(
    aws: MemoryAws, newcomer: Newcomer, call: Call, noon: float, named: str
) -> None:
    newcomer.register()
    email = newcomer.email if named == "the account" else "nobody@example.com"
    with stop_at(noon + 60):
        aws.fail("sqs.SendMessageBatch", "ServiceUnavailable", status=503, times=3)
        answers = [call(resend_app, {"email": email})[0] for _ in range(3)]
    assert answers == [503, 200, 429]


def test_a_verified_account_stays_and_an_unverified_one_frees_its_names(
    newcomer: Newcomer, noon: float
) -> None:
    newcomer.register()
    with stop_at(noon + DAY - 1):
        assert newcomer.register()[1]["code"] == "username_taken"
    with stop_at(noon + DAY):
        assert newcomer.register()[0] == 201
        assert newcomer.verify()[0] == 200
    with stop_at(noon + 3 * DAY):
        assert newcomer.register()[1]["code"] == "username_taken"
        assert newcomer.log_in()[0] == 200


@pytest.mark.usefixtures("aws")
def test_where_verification_is_optional_accounts_stay_and_log_in(
    auth_settings: pytest.MonkeyPatch, newcomer: Newcomer, noon: float
) -> None:
    auth_settings.setenv("EMAIL_VERIFICATION", "optional")
    status, given = newcomer.register()
    assert (status, "token" in given) == (201, False)
    with stop_at(noon + 3 * DAY):
        status, given = newcomer.log_in()
        assert (status, given["scope"]) == (200, "full")
    assert newcomer.mails(newcomer.email), "a code is mailed all the same"


def test_names_and_addresses_are_taken_in_any_case(newcomer: Newcomer) -> None:
    newcomer.register()
    status, given = newcomer.register(username=newcomer.username.upper(), email="other@example.com")
    assert (status, given["code"]) == (409, "username_taken")
    status, given = newcomer.register(username="someone_else", email=newcomer.email.upper())
    assert (status, given["code"]) == (409, "email_taken")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("confirm_password", "Correct-Horse-8"),
        ("password", "correct-horse-7"),
        ("password", "Aa1-" + "x" * 125),
        ("date_of_birth", "2019-01-01"),
        ("date_of_birth", "yesterday"),
        ("gender", "unknown"),
        ("username", "me"),
        ("username", "01KAEJ8V0M3Z5Q9W2X7Y4T6R1B"),
        ("username", "with space"),
        ("email", "not-an-address"),
        ("name", "Yuki"),
        ("enable_2fa", "perhaps"),
    ],
)
def test_bad_fields_are_named(newcomer: Newcomer, field: str, value: Any) -> None:
    status, given = newcomer.register(**{field: value})
    assert (status, given["code"]) == (400, "invalid_input")
    assert field in [detail["field"] for detail in given["details"]]
    assert newcomer.password not in str(given)


def test_a_code_that_could_not_be_mailed_can_be_requested_again(
    aws: MemoryAws, newcomer: Newcomer, noon: float, call: Call, log: Log
) -> None:
    aws.fail("sqs.SendMessageBatch", "ServiceUnavailable", status=503, times=3)
    assert newcomer.register()[0] == 201
    assert not newcomer.mails(newcomer.email)
    assert "code not mailed" in log.text
    with stop_at(noon + 60):
        assert call(resend_app, {"email": newcomer.email})[0] == 200
        assert newcomer.verify()[0] == 200


def test_verifying_gives_tokens(newcomer: Newcomer, noon: float) -> None:
    newcomer.register()
    status, given = newcomer.verify()
    assert status == 200
    assert given["verified"] is True
    assert given["scope"] == "full"
    assert given["token"] == given["access_token"]
    assert given["token_type"] == "Bearer"
    assert (given["expires_in"], given["refresh_expires_in"]) == (24 * 3600, 30 * 24 * 3600)
    assert given["user"]["username"] == newcomer.username
    assert set(given["user"]) == {
        "id", "user_id", "username", "name", "profile_picture_url", "is_verified",
    }  # fmt: skip


def test_wrong_used_and_unknown_codes_get_the_same_answer(newcomer: Newcomer) -> None:
    newcomer.register()
    refused = (400, "invalid_otp")
    status, wrong = newcomer.verify(newcomer.wrong_code)
    assert (status, wrong["code"]) == refused
    status, unknown = newcomer.verify("123456", email="nobody@example.com")
    assert (status, unknown) == (400, wrong)
    assert newcomer.verify()[0] == 200
    status, used = newcomer.verify()
    assert (status, used) == (400, wrong)


def test_five_wrong_tries_use_up_a_code(newcomer: Newcomer) -> None:
    newcomer.register()
    for _ in range(5):
        assert newcomer.verify(newcomer.wrong_code)[1]["code"] == "invalid_otp"
    assert newcomer.verify()[1]["code"] == "invalid_otp"


def test_only_the_right_code_is_answered_with_too_late(newcomer: Newcomer, noon: float) -> None:
    newcomer.register()
    with stop_at(noon + 600):
        status, given = newcomer.verify()
        assert (status, given["code"]) == (410, "otp_expired")
        assert newcomer.verify(newcomer.wrong_code)[1]["code"] == "invalid_otp"


def test_a_code_can_be_given_by_user_id(newcomer: Newcomer, call: Call) -> None:
    user_id = newcomer.register()[1]["user_id"]
    status, _ = call(verify_app, {"user_id": user_id, "otp": newcomer.code})
    assert status == 200


def test_a_code_without_an_account_is_bad_input(call: Call) -> None:
    status, given = call(verify_app, {"otp_code": "123456"})
    assert (status, given["code"]) == (400, "invalid_input")


def test_resending_does_not_reveal_whether_a_code_is_due(
    aws: MemoryAws, newcomer: Newcomer, call: Call, noon: float
) -> None:
    verified, unknown = {"email": newcomer.email}, {"email": "nobody@example.com"}
    newcomer.register()
    # Warm up: the first call of an hour or a process does more.
    assert (call(resend_app, verified)[0], call(resend_app, unknown)[0]) == (429, 200)
    with stop_at(noon + 60):
        waiting, waiting_calls = counted(aws, lambda: call(resend_app, verified))
        given, given_calls = counted(aws, lambda: call(resend_app, unknown))
        assert waiting == given
        assert waiting_calls == given_calls, "the work must not differ either"
        assert newcomer.verify()[0] == 200
        assert call(resend_app, verified) == given, "a verified account waits for no code"
        assert call(resend_app, unknown)[0] == call(resend_app, verified)[0] == 429
    assert len(newcomer.mails(newcomer.email)) == 2


def counted(aws: MemoryAws, act: Any) -> tuple[Any, list[str]]:
    """The result of `act`, and the AWS calls that it made."""
    before = len(aws.calls)
    given = act()
    return given, aws.calls[before:]


def test_socialhubs_sign_up_logs_in_at_once(newcomer: Newcomer, call: Call) -> None:
    body = {
        "name": "Yuki Example",
        "email": newcomer.email,
        "username": newcomer.username,
        "password": newcomer.password,
    }
    status, given = call(signup_app, body)
    assert (status, given["message"], given["scope"]) == (201, "User created", "unverified")
    assert given["user"]["followersCount"] == 0
    status, again = call(signup_app, body)
    assert (status, again["code"], again["error"]) == (400, "user_exists", "User already exists")
    assert newcomer.verify()[1]["scope"] == "full"


def test_credentials_outlive_the_day_once_verified(newcomer: Newcomer) -> None:
    user_id = newcomer.register()[1]["user_id"]
    before = Credentials.find(user_id)
    assert before
    assert before.expires_at
    newcomer.verify()
    after = Credentials.find(user_id)
    assert after
    assert after.expires_at is None
