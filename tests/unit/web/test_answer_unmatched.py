"""Preflights, unknown paths, and known paths with another method."""

import json
from typing import Any

import pytest

from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from web.answer_unmatched import app


def event_for(method: str, path: str, resource: str = "/{proxy+}") -> dict[str, Any]:
    """The sample event with another method and path."""
    event = load_event("web", "answer_unmatched")
    event["httpMethod"] = event["requestContext"]["httpMethod"] = method
    event["resource"] = event["requestContext"]["resourcePath"] = resource
    event["path"] = path
    event["pathParameters"] = {"proxy": path.lstrip("/")} if resource == "/{proxy+}" else None
    return event


def call(*request: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    answer = app(event_for(*request), LambdaContext())
    return answer["statusCode"], json.loads(answer["body"]), answer["headers"]


@pytest.mark.parametrize(
    "request_", [("OPTIONS", "/posts"), ("OPTIONS", "/nope"), ("OPTIONS", "/", "/")]
)
def test_a_preflight_is_answered_without_token_rate_or_aws(
    request_: tuple[str, ...], settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("ALLOWED_ORIGIN", "https://app.example.com")
    answer = app(event_for(*request_), LambdaContext())
    headers = answer["headers"]
    assert (answer["statusCode"], answer["body"]) == (204, "")
    assert headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    assert {each.lower() for each in headers["Access-Control-Allow-Headers"].split(", ")} == {
        *("authorization", "content-type", "idempotency-key"),
        *("cache-control", "if-none-match", "x-request-id", "x-requested-with"),
        *("baggage", "sentry-trace", "traceparent", "tracestate"),
    }
    assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= set(
        headers["Access-Control-Allow-Methods"].split(", ")
    )
    assert int(headers["Access-Control-Max-Age"]) > 0
    assert "X-RateLimit-Limit" not in headers


def test_an_unknown_path_is_not_found(aws: MemoryAws) -> None:
    status, body, headers = call("GET", "/nope/deeper")
    assert (status, body["code"]) == (404, "route_not_found")
    assert body["request_id"] == headers["X-Request-Id"]
    assert headers["X-RateLimit-Remaining"] == "99"


@pytest.mark.parametrize(
    ("request_", "allowed"),
    [
        (("POST", "/health"), "GET, OPTIONS"),
        (("GET", "/posts/01JD0000000000000000000000/like"), "DELETE, POST, OPTIONS"),
        (("DELETE", "/", "/"), "GET, OPTIONS"),
    ],
)
def test_a_known_path_with_another_method_names_the_allowed_ones(
    request_: tuple[str, ...], allowed: str, aws: MemoryAws
) -> None:
    status, body, headers = call(*request_)
    assert (status, body["code"]) == (405, "method_not_allowed")
    assert headers["Allow"] == allowed


def test_guessing_paths_is_limited(aws: MemoryAws, settings: pytest.MonkeyPatch) -> None:
    settings.setenv("RATE_PUBLIC", "2")
    codes = [call("GET", f"/guess/{number}")[1]["code"] for number in range(3)]
    assert codes == ["route_not_found", "route_not_found", "rate_limited"]
