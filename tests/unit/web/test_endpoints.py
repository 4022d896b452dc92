"""The answers of health, metrics, configuration and documents."""

import json
from typing import Any

import pytest

from shared.http.endpoint import Endpoint
from shared.limits import ALL_LIMITS, Number
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from web import (
    get_asyncapi,
    get_config,
    get_health,
    get_metrics,
    get_openapi,
    show_docs,
    show_home,
)

QUESTIONS = {
    "dynamodb": "dynamodb.DescribeTable",
    "s3": "s3.HeadBucket",
    "sns": "sns.GetTopicAttributes",
    "sqs": "sqs.GetQueueAttributes",
}
# The environment variables of the numbers that clients may know, by parameter.
VARIABLES = {
    each.parameter: each.variable
    for each in ALL_LIMITS
    if isinstance(each, Number) and each.is_public
}


@pytest.fixture(autouse=True)
def deployment(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("VERSION", "1.2.3")
    settings.setenv("WEBSOCKET_URL", "wss://chat.example.com/live")


def call(app: Endpoint) -> dict[str, Any]:
    answer: dict[str, Any] = app(load_event("web", app.declaration.name), LambdaContext())
    return answer


def test_health_names_what_is_down(aws: MemoryAws) -> None:
    for question in QUESTIONS.values():
        aws.fail(question, "InternalError", status=500)
    answer = call(get_health.app)
    body = json.loads(answer["body"])
    assert answer["statusCode"] == 503
    assert body["code"] == "dependency_unavailable"
    assert body["checks"] == dict.fromkeys(QUESTIONS, "down")
    assert int(answer["headers"]["Retry-After"]) > 0


def test_an_unreachable_dependency_is_down(aws: MemoryAws) -> None:
    for question in QUESTIONS.values():
        aws.fail(question, None)
    assert json.loads(call(get_health.app)["body"])["checks"] == dict.fromkeys(QUESTIONS, "down")


def test_metrics_are_served_while_dependencies_are_down(aws: MemoryAws) -> None:
    for question in QUESTIONS.values():
        aws.fail(question, None)
    answer = call(get_metrics.app)
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"].startswith("text/plain; version=0.0.4")
    samples = [line for line in answer["body"].splitlines() if not line.startswith("#")]
    assert samples == [
        'hoshi_info{version="1.2.3",stage="local"} 1',
        *(f'hoshi_up{{dependency="{name}"}} 0' for name in QUESTIONS),
    ]


def test_the_configuration_describes_the_deployment(
    aws: MemoryAws, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("EMAIL_VERIFICATION", "optional")
    settings.setenv("CAPTCHA_URL", "https://challenges.example.com/siteverify")
    for number, variable in enumerate(VARIABLES.values()):
        settings.setenv(variable, str(number + 1))
    settings.setenv("ALLOWED_IMAGE_TYPES", "jpeg,png")
    settings.setenv("ALLOWED_VIDEO_TYPES", "mp4")
    body = json.loads(call(get_config.app)["body"])
    assert body == {
        "version": "1.2.3",
        "websocket_url": "wss://chat.example.com/live",
        "email_verification": "optional",
        "features": {"google_login": False, "captcha": True, "ai": False},
        "limits": {
            **{name: number + 1 for number, name in enumerate(VARIABLES)},
            "AllowedImageTypes": ["jpeg", "png"],
            "AllowedVideoTypes": ["mp4"],
        },
    }


@pytest.mark.parametrize(
    ("app", "kind"), [(get_openapi.app, "openapi"), (get_asyncapi.app, "asyncapi")]
)
def test_the_generated_documents_are_json(app: Endpoint, kind: str, aws: MemoryAws) -> None:
    answer = call(app)
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "application/json"
    assert json.loads(answer["body"])[kind][0] == "3"


@pytest.mark.parametrize("app", [show_docs.app, show_home.app])
def test_the_pages_are_html(app: Endpoint, aws: MemoryAws) -> None:
    answer = call(app)
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert answer["body"].startswith("<!doctype html>")
