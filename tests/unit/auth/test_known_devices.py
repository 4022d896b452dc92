"""A log-in from a device that the account does not know is mailed to its owner, once."""

import json
from typing import Any

import pytest

from auth.known_devices import _MOST
from auth.login_user import app as login_app
from auth.models import Credentials
from auth.personal_data import export_of
from auth.refresh_tokens import app as refresh_app
from auth.set_two_factor import app as two_factor_app
from auth.signup_user import app as signup_app
from auth.verify_login_code import app as code_app
from shared.clock import stop_at
from tests.support.events import load_event
from tests.support.gateway import IP, LambdaContext
from tests.unit.auth.conftest import Call, Newcomer

DAY = 24 * 3600
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:{0}) Gecko/20100101 Firefox/{0}"
PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:{0}) Gecko/{0} Firefox/{0}"


def from_device(app: Any, agent: str, body: dict[str, Any]) -> dict[str, Any]:
    event = load_event("auth", app.declaration.name)
    event["headers"]["User-Agent"] = agent
    event["body"] = json.dumps(body)
    answer = app(event, LambdaContext())
    assert answer["statusCode"] in (200, 201), answer["body"]
    given: dict[str, Any] = json.loads(answer["body"])
    return given


def log_in(newcomer: Newcomer, agent: str) -> dict[str, Any]:
    body = {"identifier": newcomer.username, "password": newcomer.password}
    return from_device(login_app, agent, body)


def notices(newcomer: Newcomer) -> list[dict[str, Any]]:
    mails = newcomer.mails(newcomer.email)
    return [mail["values"] for mail in mails if mail["template"] == "new_sign_in"]


def test_a_new_device_is_mailed_once(newcomer: Newcomer, noon: float) -> None:
    newcomer.enter()  # by Firefox on Linux
    log_in(newcomer, FIREFOX.format("151.0"))
    assert notices(newcomer) == [], "it verified the account, and an update changes nothing"
    with stop_at(noon + DAY):
        log_in(newcomer, PHONE.format("151.0"))
        log_in(newcomer, PHONE.format("152.0"))
    [notice] = notices(newcomer)
    assert notice == {
        "username": newcomer.username,
        "device": "Firefox on Android",
        "ip": IP,
        "time": "2026-01-06T12:00:00.000Z",
    }


def test_a_program_without_a_name_for_people_is_known_without_its_version(
    newcomer: Newcomer,
) -> None:
    newcomer.enter()
    for agent in ("curl/8.5.0", "curl/8.14.1", "", ""):
        log_in(newcomer, agent)
    assert [each["device"] for each in notices(newcomer)] == ["curl 8.5.0", "Unknown device"]


def test_a_device_is_forgotten_ninety_days_after_its_last_log_in(
    newcomer: Newcomer, noon: float
) -> None:
    newcomer.enter()
    for days, mailed in ((0, 1), (89, 1), (178, 1), (269, 2)):
        with stop_at(noon + days * DAY + days):
            log_in(newcomer, PHONE.format("151.0"))
        assert len(notices(newcomer)) == mailed, days


def test_a_refresh_is_no_log_in(newcomer: Newcomer) -> None:
    tokens = newcomer.enter()
    body = {"refresh_token": tokens["refresh_token"]}
    from_device(refresh_app, PHONE.format("151.0"), body)
    assert notices(newcomer) == []


def test_the_second_factor_is_the_log_in(newcomer: Newcomer, call: Call) -> None:
    token = newcomer.enter()["token"]
    call(two_factor_app, {"enabled": True, "password": newcomer.password}, token)
    asked = log_in(newcomer, PHONE.format("151.0"))
    assert notices(newcomer) == []
    body = {"challenge_id": asked["challenge_id"], "otp_code": newcomer.code}
    from_device(code_app, PHONE.format("151.0"), body)
    assert len(notices(newcomer)) == 1


def test_an_address_that_is_not_verified_gets_no_notice(newcomer: Newcomer) -> None:
    body = {
        "name": "Yuki Example",
        "username": newcomer.username,
        "email": newcomer.email,
        "password": newcomer.password,
    }
    from_device(signup_app, FIREFOX.format("151.0"), body)
    event = load_event("auth", "login_user")
    for agent in (PHONE.format("151.0"), "curl/8"):
        event["headers"]["User-Agent"] = agent
        event["path"] = event["resource"] = "/auth/login"
        event["requestContext"]["resourcePath"] = "/auth/login"
        event["body"] = json.dumps({"identifier": newcomer.email, "password": newcomer.password})
        assert login_app(event, LambdaContext())["statusCode"] == 200
    assert notices(newcomer) == []


def test_an_account_from_before_learns_its_first_device(newcomer: Newcomer) -> None:
    user_id = newcomer.enter()["user"]["id"]
    Credentials(user_id).update(actions=[Credentials.devices.remove()])
    log_in(newcomer, PHONE.format("151.0"))
    assert notices(newcomer) == []
    log_in(newcomer, "curl/8")
    assert len(notices(newcomer)) == 1


def test_an_account_remembers_its_latest_devices(newcomer: Newcomer) -> None:
    user_id = newcomer.enter()["user"]["id"]
    for number in range(_MOST):
        log_in(newcomer, f"program{number}/1")
    stored = [each["device"] for each in Credentials.get(user_id).devices]
    assert stored == [f"program{number}" for number in reversed(range(_MOST))]


@pytest.mark.usefixtures("noon")
def test_the_export_names_them(newcomer: Newcomer) -> None:
    user_id = newcomer.enter()["user"]["id"]
    topics = {topic.name: topic for topic in export_of(user_id)}
    assert list(topics["known_devices"].content) == [
        {"device": "Firefox on Linux", "last_used_at": "2026-01-05T12:00:00.000Z"}
    ]
