"""Unit tests have no network at all, not even this machine's. AWS is answered from memory."""

import io
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
from chalice.app import Response

from shared import clock, config, hot_reads, observability
from shared.access import signing_keys
from shared.access.budgets import Budget
from shared.access.caller import Caller
from shared.aws import clients as aws_module
from shared.aws import media_urls
from shared.http import endpoint, idempotency
from shared.http.requests import Declaration, Route
from shared.ids import new_id
from tests.support.api_document import api_document
from tests.support.memory_aws import MemoryAws

NOON = 1_767_614_400.0  # 2026-01-05T12:00:00Z: a full hour

SETTINGS = {
    "AI_CALLS_PER_DAY": "50",
    "REPORTS_PER_DAY": "50",
    "AI_MODEL": "",
    "ACCESS_TOKEN_HOURS": "24",
    "ACCOUNT_ID": "000000000000",
    "ALLOWED_IMAGE_TYPES": "jpeg,png,webp,gif,heic,heif,avif",
    "ALLOWED_ORIGIN": "*",
    "ALLOWED_VIDEO_TYPES": "mp4,quicktime,webm,x-matroska",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_LAMBDA_FUNCTION_NAME": "hoshi-UnitTest",
    "AWS_REGION": "us-east-1",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "BRAND_COLOR": "#4338ca",
    "BRAND_NAME": "Hoshi",
    "CAPTCHA_URL": "",
    "CAPTCHA_WHEN": "always",
    "EMAIL_VERIFICATION": "required",
    "FRONTEND_URL": "",
    "GOOGLE_CLIENT_ID": "",
    "MAIL_SENDER": "Hoshi <hello@example.com>",
    "MEDIA_URL_SECONDS": "3600",
    "PARTITION": "aws",
    "POWERTOOLS_TRACE_DISABLED": "true",
    "PUBLIC_URL": "https://api.example.com",
    "RATE_CAPTCHA": "1000",
    "RATE_PUBLIC": "100",
    "RATE_REFRESH": "3000",
    "RATE_REGISTRATION": "100",
    "RATE_SCALE": "1",
    "RATE_SENSITIVE": "10",
    "RATE_USER": "1000",
    "REFRESH_TOKEN_DAYS": "30",
    "STACK": "hoshi",
    "STAGE": "local",
    "WEBSOCKET_PUSH_URL": "https://push.example.com/live",
}


@pytest.fixture(autouse=True)
def no_network(socket_disabled: None) -> None:
    """Whatever opens a socket fails."""


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A deployment's environment. What a process remembers of it is forgotten before and after."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    _forget()
    yield monkeypatch
    _forget()


@pytest.fixture(autouse=True)
def declared_answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every answer of our endpoints is one that `openapi.json` declares."""
    answer, faults = endpoint.answer_request, set[str]()

    def noted(declaration: Declaration, view: Any, route: Route, *rest: Any) -> Response:
        response = answer(declaration, view, route, *rest)
        document, is_ours = api_document(), not view.__module__.startswith("tests.")
        if is_ours and document.declares(route.method, route.path):
            kind = response.headers.get("Content-Type", "").partition(";")[0]
            fault = document.fault(
                route.method, route.path, response.status_code, kind, response.body
            )
            faults.update([fault] if fault else [])
        return response

    monkeypatch.setattr(endpoint, "answer_request", noted)
    yield
    assert not faults, f"openapi.json does not say so: {sorted(faults)}"


def _forget() -> None:
    vars(config.config).clear()
    hot_reads.forget()
    signing_keys._keys.cache_clear()
    media_urls._credentials.cache_clear()
    media_urls._signer.cache_clear()
    idempotency._store.cache_clear()


@pytest.fixture
def noon() -> Iterator[float]:
    """Time stands still at a full hour."""
    with clock.stop_at(NOON):
        yield NOON


class _Wire:
    """Where the requests of this process's clients end: at the AWS of the test that runs."""

    current: MemoryAws | None = None

    def __call__(self, **sent: Any) -> Any:
        assert self.current is not None, "this test calls AWS without the fixture `aws`"
        return self.current.answer(**sent)


@pytest.fixture(scope="session")
def wire() -> _Wire:
    # Clients copy what is registered with their session when they are made: none may be older.
    aws_module.session.cache_clear()
    aws_module._make.cache_clear()
    made = _Wire()
    aws_module.session().register("before-send", made)
    return made


@pytest.fixture
def aws(wire: _Wire, monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryAws]:
    """AWS in memory: empty tables, two keys, everything works until a test makes it `fail`."""
    # The clients back off before they try again; waiting here gains nothing.
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda _seconds: None))
    wire.current = MemoryAws()
    wire.current.secrets = {
        "hoshi/tokens": {"current": "t" * 64, "previous": ""},
        "hoshi/cursors": {"current": "c" * 64, "previous": ""},
    }
    yield wire.current
    wire.current = None


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> "Log":
    """What the code under test logs."""
    made = Log()
    handler = observability.logger().registered_handler
    assert hasattr(handler, "stream")
    monkeypatch.setattr(handler, "stream", made.stream)
    return made


class Log:
    """The lines that were logged."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def caller() -> Caller:
    """A verified user with a session."""
    return Caller(new_id(), "yuki_o", new_id(), "user", "full")


@pytest.fixture
def calls_left(aws: MemoryAws) -> Any:
    """How many more calls a budget has, without making one."""

    def read(budget: Budget) -> int:
        for item in aws.dynamo.items("hoshi-gates"):
            if item["subject"]["S"] == budget.subject and item["scope"]["S"] == budget.scope:
                return budget.limit - int(item["n"]["N"])
        return budget.limit

    return read
