"""In which language an account is mailed: a code in the request's, all else in the account's."""

from typing import Any

import pytest

from auth.change_email import app as change_email_app
from auth.request_password_reset import app as reset_app
from auth.resend_otp import app as resend_app
from auth.signup_user import app as signup_app
from shared.clock import now, stop_at
from shared.dynamodb.tables import transaction
from tests.unit.auth.conftest import Call, Newcomer
from users.models import User
from users.public import change_preferences, delete_account, recipient


def languages(newcomer: Newcomer) -> list[str]:
    """The languages of the mails so far."""
    return [mail["language"] for mail in newcomer.mails(newcomer.email)]


def stored(user_id: str) -> str:
    """The language that the account is mailed in."""
    return recipient(User.get(user_id))["language"]


@pytest.fixture
def reader(newcomer: Newcomer) -> Newcomer:
    """A newcomer who reads Japanese."""
    newcomer.language = "ja-JP,ja;q=0.9,en;q=0.8"
    return newcomer


def test_a_registration_is_answered_in_its_language_and_the_account_keeps_it(
    reader: Newcomer,
) -> None:
    user_id = reader.enter()["user"]["id"]
    assert languages(reader) == ["ja"]
    assert stored(user_id) == "ja"


def test_a_sign_up_in_the_other_dialect_as_well(reader: Newcomer, call: Call) -> None:
    names = {"username": reader.username, "name": "Yuki Example", "email": reader.email}
    body = {**names, "password": reader.password}
    assert call(signup_app, body, language=reader.language)[0] == 201
    assert languages(reader) == ["ja"]


@pytest.mark.parametrize(
    ("header", "language"), [("id", "id"), ("en", "en"), ("", "ja"), ("fr, de;q=0.9", "ja")]
)
def test_a_log_in_renews_the_language_if_it_prefers_one_of_ours(
    reader: Newcomer, header: str, language: str
) -> None:
    user_id = reader.enter()["user"]["id"]
    reader.language = header
    assert reader.log_in()[0] == 200
    assert stored(user_id) == language


def test_a_log_in_with_a_code_renews_it_too_and_the_code_is_in_the_language_of_the_request(
    reader: Newcomer, call: Call
) -> None:
    from auth.verify_login_code import app

    user_id = reader.enter(enable_2fa=True)["user"]["id"]
    reader.language = "id"
    asked = reader.log_in()[1]
    assert languages(reader) == ["ja", "id"]
    assert stored(user_id) == "ja", "it is no log-in yet"
    body = {"challenge_id": asked["challenge_id"], "code": reader.code}
    assert call(app, body, language="id")[0] == 200
    assert stored(user_id) == "id"


def test_a_log_in_keeps_the_language_of_the_settings(reader: Newcomer) -> None:
    user_id = reader.enter()["user"]["id"]
    change_preferences(user_id, {}, {}, "id")
    assert reader.log_in()[0] == 200
    assert stored(user_id) == "id"


def test_a_log_in_in_another_language_does_not_pass_a_ban_of_the_same_moment(
    reader: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from auth import login_user

    user_id = reader.enter()["user"]["id"]
    add_session = login_user.add_session

    def ban_first(*given: Any) -> Any:
        User(user_id).update(actions=[User.status.set("banned")])
        return add_session(*given)

    monkeypatch.setattr(login_user, "add_session", ban_first)
    reader.language = "id"
    assert reader.log_in()[0] == 401
    assert stored(user_id) == "ja"


def test_a_log_in_that_restores_the_account_leaves_the_language_to_the_next(
    reader: Newcomer,
) -> None:
    user_id = reader.enter()["user"]["id"]
    with transaction() as write:
        delete_account(write, User.get(user_id))
    reader.language = "id"
    assert reader.log_in(restore=True)[0] == 200
    assert stored(user_id) == "ja"
    assert reader.log_in()[0] == 200
    assert stored(user_id) == "id"


@pytest.mark.parametrize(("header", "language"), [("id", "id"), ("", "ja"), ("fr", "ja")])
def test_codes_and_resets_are_in_the_language_of_the_request_or_of_the_account(
    reader: Newcomer, call: Call, header: str, language: str
) -> None:
    assert reader.register()[0] == 201
    with stop_at(now() + 61):
        assert call(resend_app, {"email": reader.email}, language=header)[0] == 200
    assert reader.verify()[0] == 200
    token = reader.log_in()[1]["token"]
    assert call(reset_app, {"email": reader.email}, language=header)[0] == 200
    new = f"new.{reader.email}"
    body = {"new_email": new, "password": reader.password}
    assert call(change_email_app, body, token, language=header)[0] == 200
    mailed = reader.mails(reader.email)
    assert [(mail["template"], mail["language"]) for mail in mailed] == [
        ("verification_code", "ja"),
        ("verification_code", language),
        ("password_reset_without_link", language),
        ("email_change_notice", language),
    ]
    with stop_at(now() + 61):
        again = {"email": new, "purpose": "change_email"}
        assert call(resend_app, again, language=header)[0] == 200
    assert [mail["language"] for mail in reader.mails(new)] == [language] * 2


def test_nobody_is_mailed_in_the_language_of_the_request_as_well(
    newcomer: Newcomer, call: Call
) -> None:
    assert call(reset_app, {"email": newcomer.email}, language="ja")[0] == 200
    assert languages(newcomer) == []
    assert [mail["language"] for mail in newcomer.mails(None)] == ["ja"]  # type: ignore[arg-type]
