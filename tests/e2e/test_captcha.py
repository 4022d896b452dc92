"""Captchas, where a deployment requires them, against a provider on loopback."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

import httpx
import pytest

from tests.e2e.client import PASSWORD, Api, Person, join, new_name, registration
from tests.e2e.conftest import STACK, Deployed
from tests.e2e.settings import settings
from tests.e2e.test_least_privilege import as_service, refusal

SOLVED = "solved-"  # the prefix of the tokens of solved captchas


class Verifier(ThreadingHTTPServer):
    """A captcha provider for one deployment, which it knows by its secret."""

    def __init__(self, secret: str) -> None:
        super().__init__(("127.0.0.1", 0), Verification)
        self.secret = secret
        self.used: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/siteverify"

    def verdict(self, secret: str, token: str) -> dict[str, object]:
        if secret != self.secret:
            return {"success": False, "error-codes": ["invalid-input-secret"]}
        if not token.startswith(SOLVED) or token in self.used:
            return {"success": False, "error-codes": ["timeout-or-duplicate"]}
        self.used.add(token)
        return {"success": True}


class Verification(BaseHTTPRequestHandler):
    """One request to verify a token."""

    server: Verifier

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        form = parse_qs(self.rfile.read(length).decode())
        answer = json.dumps(self.server.verdict(form["secret"][0], form["response"][0])).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def human(stack: Deployed) -> Person:
    """A person who signed up before captchas were required."""
    return join(stack.api, "human")


@pytest.fixture(scope="module")
def captchas(loopback: None, stack: Deployed, human: Person) -> Iterator[Verifier]:
    """The provider; captchas are required until the end of this module."""
    stored = stack.client("secretsmanager").get_secret_value(SecretId=f"{STACK}/captcha")
    with Verifier(json.loads(stored["SecretString"])["secret"]) as verifier, ExitStack() as changed:
        for function in ("RegisterUser", "SignupUser", "LoginUser", "GetConfig"):
            changed.enter_context(settings(stack, function, CAPTCHA_URL=verifier.url))
        Thread(target=verifier.serve_forever, daemon=True).start()
        yield verifier
        verifier.shutdown()


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_log_in_needs_one(human: Person, captchas: Verifier) -> None:
    body = {"identifier": human.username, "password": PASSWORD}
    token = SOLVED + human.username
    for path in ("/login", "/auth/login", "/api/v1/auth/login"):
        assert code_of(human.api.call("POST", path, body)) == (400, "captcha_failed")
        wrong = {**body, "captcha_token": "not solved"}
        assert code_of(human.api.call("POST", path, wrong)) == (400, "captcha_failed")
    human.api.expect(200, "POST", "/login", {**body, "turnstile_token": token})
    again = human.api.call("POST", "/login", {**body, "turnstile_token": token})
    assert code_of(again) == (400, "captcha_failed"), "a token is good for one call"


@pytest.mark.usefixtures("captchas")
@pytest.mark.parametrize("path", ["/register", "/auth/signup"])
def test_a_sign_up_needs_one(api: Api, path: str) -> None:
    body = registration(new_name("human"))
    assert code_of(api.call("POST", path, body)) == (400, "captcha_failed")
    api.expect(201, "POST", path, {**body, "captcha_token": SOLVED + body["username"]})


@pytest.mark.usefixtures("captchas")
def test_the_configuration_says_so(api: Api) -> None:
    assert api.expect(200, "GET", "/config")["features"]["captcha"] is True


def test_log_ins_are_refused_while_our_secret_is_wrong(human: Person, captchas: Verifier) -> None:
    body = {"identifier": human.username, "password": PASSWORD, "captcha_token": SOLVED + "x"}
    right, captchas.secret = captchas.secret, "another"
    try:
        answer = human.api.call("POST", "/login", body)
    finally:
        captchas.secret = right
    assert code_of(answer) == (503, "dependency_unavailable")


def test_only_auth_reads_the_secret(stack: Deployed) -> None:
    as_service(stack, "auth", "secretsmanager").get_secret_value(SecretId=f"{STACK}/captcha")
    users = as_service(stack, "users", "secretsmanager")
    assert refusal(users.get_secret_value, SecretId=f"{STACK}/captcha") == "AccessDeniedException"
