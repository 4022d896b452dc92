"""Captchas: required where a deployment is configured for them, and nowhere else."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
from requests.adapters import BaseAdapter
from urllib3.exceptions import ProtocolError

from auth import third_party
from auth.signup_user import app as signup_app
from shared import config
from tests.support.google import Raw
from tests.support.memory_aws import MemoryAws
from tests.unit.auth.conftest import Call, Newcomer
from tests.unit.conftest import Log
from tests.unit.wiring.house import handlers_made_by, imported

URL = "https://challenges.example.com/siteverify"
SECRET = "not-so-secret"
SOLVED = "a-solved-captcha"


class MemoryCaptchas(BaseAdapter):
    """The captcha provider, as our functions see it on the wire."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, str]] = []
        self.unused = {SOLVED}
        # Sent instead of the right answer: a status and a body, or a connection error.
        self.instead: tuple[int, bytes] | Exception | None = None

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        form = dict(parse_qsl(str(request.body)))
        self.sent.append(form)
        status, body = 200, json.dumps(self._verdict(form)).encode()
        if isinstance(self.instead, requests.RequestException):
            raise self.instead
        if isinstance(self.instead, tuple):
            status, body = self.instead
        answer = requests.Response()
        answer.status_code, answer.request, answer.url = status, request, str(request.url)
        answer.raw = Raw(body, self.instead if isinstance(self.instead, Exception) else None)
        answer.headers["Location"] = "https://elsewhere.example.com/"  # for the redirect
        return answer

    def close(self) -> None:
        pass

    def _verdict(self, form: dict[str, str]) -> dict[str, Any]:
        if form["secret"] != SECRET:
            return {"success": False, "error-codes": ["invalid-input-secret"]}
        if form["response"] not in self.unused:
            return {"success": False, "error-codes": ["timeout-or-duplicate"]}
        self.unused.remove(form["response"])
        return {"success": True, "hostname": "hoshi.example.com"}


type LogIn = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(params=["/register", "/auth/signup", "/login", "/auth/login"])
def enter(request: pytest.FixtureRequest, newcomer: Newcomer, call: Call) -> LogIn:
    """Sign up or log in by each route that a robot would use."""
    path = str(request.param)
    if path == "/register":
        return newcomer.register
    if path == "/auth/signup":
        body = {"name": "Yuki Example", "username": newcomer.username, "email": newcomer.email}
        body["password"] = newcomer.password
        return lambda **more: call(signup_app, {**body, **more}, path=path)
    newcomer.enter()
    return lambda **more: newcomer.log_in(path, **more)


@pytest.fixture
def captchas(enter: LogIn, auth_settings: pytest.MonkeyPatch, aws: MemoryAws) -> MemoryCaptchas:
    """The provider, for a deployment that requires captchas."""
    auth_settings.setenv("CAPTCHA_URL", URL)
    vars(config.config).clear()
    aws.secrets["hoshi/captcha"] = {"secret": SECRET}
    third_party._secrets.cache_clear()
    made = MemoryCaptchas()
    auth_settings.setattr(requests.Session, "get_adapter", lambda session, url: made)
    return made


@pytest.mark.parametrize("name", ["captcha_token", "turnstile_token"])
def test_a_solved_captcha_is_accepted(
    enter: LogIn, captchas: MemoryCaptchas, log: Log, name: str
) -> None:
    assert enter(**{name: SOLVED})[0] in (200, 201)
    assert captchas.sent == [{"secret": SECRET, "response": SOLVED}]
    assert SOLVED not in log.text


@pytest.mark.parametrize("token", [None, "", "never-solved"])
def test_without_one_the_request_is_refused_before_anything_is_done(
    enter: LogIn, captchas: MemoryCaptchas, aws: MemoryAws, token: str | None
) -> None:
    before = len(aws.dynamo.items("hoshi-users")), aws.calls.count("dynamodb.TransactWriteItems")
    status, given = enter(captcha_token=token)
    assert (status, given["code"]) == (400, "captcha_failed")
    after = len(aws.dynamo.items("hoshi-users")), aws.calls.count("dynamodb.TransactWriteItems")
    assert after == before
    assert len(captchas.sent) == bool(token), "an absent token is not sent to the provider"


def test_a_captcha_is_good_for_one_call(
    enter: LogIn, captchas: MemoryCaptchas, newcomer: Newcomer
) -> None:
    assert enter(captcha_token=SOLVED)[0] in (200, 201)
    assert newcomer.log_in(captcha_token=SOLVED)[1]["code"] == "captcha_failed"


@pytest.mark.parametrize(
    "instead",
    [
        requests.ConnectionError("refused"),
        requests.ReadTimeout("slow"),
        ProtocolError("cut off"),
        (500, b"{}"),
        (302, b"{}"),
        (200, b"<html>"),
        (200, b"{}"),
        (200, b'{"success": "yes"}'),
        (200, b'{"error-codes": 7}'),
        (200, b'{"success": false, "error-codes": ["invalid-input-secret"]}'),
    ],
    ids=str,
)
def test_requests_are_refused_while_the_provider_gives_no_verdict(
    enter: LogIn, captchas: MemoryCaptchas, log: Log, instead: Any
) -> None:
    captchas.instead = instead
    status, given = enter(captcha_token=SOLVED)
    assert (status, given["code"]) == (503, "dependency_unavailable")
    assert len(captchas.sent) == 1, "no redirect is followed"
    assert SOLVED not in log.text


@pytest.mark.usefixtures("aws")
def test_no_captcha_is_needed_where_none_is_required(enter: LogIn) -> None:
    assert enter()[0] in (200, 201)


@pytest.fixture
def sparing(captchas: MemoryCaptchas, auth_settings: pytest.MonkeyPatch) -> MemoryCaptchas:
    """The provider, for a deployment where an address has one call without a captcha in an hour,
    and two with one."""
    values = {
        "CAPTCHA_WHEN": "beyond-limit",
        "RATE_SCALE": "1",
        "RATE_SENSITIVE": "4",
        "RATE_REGISTRATION": "4",
        "RATE_CAPTCHA": "2",
    }
    for name, value in values.items():
        auth_settings.setenv(name, value)
    vars(config.config).clear()
    return captchas


def use_up(enter: LogIn) -> dict[str, Any]:
    """Make calls without a captcha until the address may make no more; return the refusal."""
    for number in range(10):
        status, given = enter(**fresh(number))
        if status == 429:
            return given
        assert given.get("code") != "captcha_failed"
    raise AssertionError("no call was refused")


def fresh(number: int) -> dict[str, str]:
    """Another account, so that only the address counts."""
    name = f"yuki_{number}"
    return {"email": f"{name}@example.com", "username": name, "identifier": name}


def test_beyond_the_first_budget_of_an_address_a_solved_captcha_is_accepted(
    enter: LogIn, sparing: MemoryCaptchas
) -> None:
    refusal = use_up(enter)
    assert sparing.sent == [], "within the limit no one is asked"
    assert refusal["code"] == "rate_limited"
    assert refusal["details"] == {
        "tier": refusal["details"]["tier"],
        "subject": "ip",
        "limit": 4,
        "per_seconds": 3600,
        "captcha": True,
    }
    assert refusal["details"]["tier"] in ("registration", "sensitive")
    assert enter(**fresh(20), captcha_token=SOLVED)[0] in (200, 201, 401)
    assert [each["response"] for each in sparing.sent] == [SOLVED]


def test_beyond_the_first_budget_an_unsolved_captcha_is_refused_and_counts(
    enter: LogIn, sparing: MemoryCaptchas
) -> None:
    use_up(enter)
    for number in range(2):
        answer = enter(**fresh(20 + number), captcha_token="never-solved")
        assert answer[1]["code"] == "captcha_failed"
    status, given = enter(**fresh(30), captcha_token=SOLVED)
    assert (status, given["details"]["tier"]) == (429, "captcha")
    assert not given["details"]["captcha"]
    assert SOLVED in sparing.unused


def test_unsolved_captchas_do_not_use_up_the_calls_of_an_account(
    enter: LogIn, sparing: MemoryCaptchas, auth_settings: pytest.MonkeyPatch
) -> None:
    auth_settings.setenv("RATE_CAPTCHA", "100")
    vars(config.config).clear()
    use_up(enter)
    for _ in range(6):  # an account has four
        answer = enter(**fresh(20), captcha_token="never-solved")
        assert answer[1]["code"] == "captcha_failed"
    assert enter(**fresh(20), captcha_token=SOLVED)[0] in (200, 201, 401)


def test_beyond_a_limit_an_invalid_body_is_one_call_too_many(
    enter: LogIn, sparing: MemoryCaptchas
) -> None:
    use_up(enter)
    status, given = enter(**fresh(20), password="")
    assert (status, given["code"]) == (429, "rate_limited")


def test_without_a_provider_a_captcha_helps_no_one(
    enter: LogIn, sparing: MemoryCaptchas, auth_settings: pytest.MonkeyPatch
) -> None:
    auth_settings.setenv("CAPTCHA_URL", "")
    vars(config.config).clear()
    assert not use_up(enter)["details"]["captcha"]
    assert enter(**fresh(20), captcha_token=SOLVED)[0] == 429


def test_every_endpoint_that_takes_a_captcha_is_tried_here() -> None:
    takes = {
        name
        for name in handlers_made_by("endpoint")
        if imported(name).app.declaration.takes_captcha
    }
    assert takes == {"auth.register_user", "auth.signup_user", "auth.login_user"}
