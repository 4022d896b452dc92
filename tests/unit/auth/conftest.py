"""Newcomers who sign up and log in, with AWS in memory."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared import ids
from shared.http.endpoint import Endpoint
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws

type Call = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(autouse=True)
def auth_settings(settings: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    settings.setenv("PASSWORD_COST", "4")
    settings.setenv("REFRESH_TOKEN_DAYS", "30")
    settings.setenv("RATE_SCALE", "100")
    return settings


@pytest.fixture
def call(aws: MemoryAws) -> Call:
    """Call a Lambda with its sample event, another body and, where it needs one, a token."""

    def make(
        app: Endpoint,
        body: dict[str, Any] | None = None,
        token: str | None = None,
        path: str = "",
        language: str = "",
    ) -> tuple[int, dict[str, Any]]:
        event = load_event("auth", app.declaration.name)
        if language:
            event["headers"]["Accept-Language"] = language
        if body is not None:
            event["body"] = json.dumps(body)
        if path:
            event["path"] = event["resource"] = event["requestContext"]["resourcePath"] = path
        if token:
            event["headers"]["Authorization"] = f"Bearer {token}"
            if app.declaration.auth != "none":
                event["requestContext"]["authorizer"] = context_of(token)
        answer = app(event, LambdaContext())
        return answer["statusCode"], json.loads(answer["body"])

    return make


def context_of(token: str) -> dict[str, Any]:
    """The context that the gateway's authorizer returns for a token."""
    from auth.authorizer import app

    event = load_event("auth", "authorizer")
    given: dict[str, Any] = app({**event, "authorizationToken": f"Bearer {token}"}, None)["context"]
    return given


@pytest.fixture
def mails(aws: MemoryAws) -> Callable[[str], list[dict[str, Any]]]:
    """The queued mail jobs for an address, oldest first."""

    def find(address: str) -> list[dict[str, Any]]:
        jobs = [json.loads(body) for body in aws.sent.get("emails", [])]
        return [job for job in jobs if job["to"] == address]

    return find


class Newcomer:
    """A person who signs up; holds what they typed."""

    def __init__(self, call: Call, mails: Callable[[str], list[dict[str, Any]]]) -> None:
        self.call = call
        self.mails = mails
        self.username = f"yuki_{ids.new_id()[-8:].lower()}"
        self.email = f"{self.username}@example.com"
        self.password = "Correct-Horse-7"
        self.language = ""  # Accept-Language

    @property
    def code(self) -> str:
        """The code of the last mail."""
        return str(self.mails(self.email)[-1]["values"]["code"])

    @property
    def wrong_code(self) -> str:
        return f"{(int(self.code) + 1) % 1_000_000:06d}"

    def register(self, **more: Any) -> tuple[int, dict[str, Any]]:
        from auth.register_user import app

        body = {
            "name": "Yuki Example",
            "username": self.username,
            "email": self.email,
            "password": self.password,
            "date_of_birth": "1999-04-05",
            "gender": "other",
        }
        return self.call(app, {**body, **more}, language=self.language)

    def verify(self, code: str | None = None, **more: Any) -> tuple[int, dict[str, Any]]:
        from auth.verify_otp import app

        return self.call(app, {"email": self.email, "otp_code": code or self.code, **more})

    def log_in(self, path: str = "/login", **more: Any) -> tuple[int, dict[str, Any]]:
        from auth.login_user import app

        body = {"identifier": self.username, "password": self.password, **more}
        return self.call(app, body, path=path, language=self.language)

    def enter(self, **more: Any) -> dict[str, Any]:
        """Register and verify; return the tokens."""
        assert self.register(**more)[0] == 201
        status, given = self.verify()
        assert status == 200, given
        return given


@pytest.fixture
def newcomer(call: Call, mails: Callable[[str], list[dict[str, Any]]]) -> Newcomer:
    return Newcomer(call, mails)
