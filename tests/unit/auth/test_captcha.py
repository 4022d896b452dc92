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
