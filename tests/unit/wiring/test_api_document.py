"""Answers that `openapi.json` does not declare are found: all other tests rely on it."""

import json
from typing import Any

import pytest

from tests.support.api_document import api_document

HEALTH = {
    "status": "ok",
    "version": "1",
    "stage": "test",
    "time": "2026-01-02T03:04:05.678Z",
    "checks": {"s3": "ok"},
}


def fault(answer: Any, status: int = 200, kind: str = "application/json") -> str:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return api_document().fault("GET", "/health", status, kind, text) or ""


def test_what_is_declared_has_no_fault() -> None:
    assert fault(HEALTH) == ""


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"secret": "x"}, "'secret' was unexpected"),
        ({"status": "fine"}, "'ok' was expected"),
        ({"time": "yesterday"}, "'yesterday' is not a 'date-time'"),
        ({"checks": {"s3": "maybe"}}, "'maybe' is not one of"),
        ({"version": None}, "None is not of type 'string'"),
    ],
)
def test_what_is_not_declared_is_a_fault(change: dict[str, Any], says: str) -> None:
    assert says in fault(HEALTH | change)


def test_a_missing_field_a_status_and_a_media_type_are_faults() -> None:
    assert "'time' is a required property" in fault({k: HEALTH[k] for k in HEALTH if k != "time"})
    assert "does not declare the status 418" in fault({}, 418)
    assert "does not declare text/plain for 200" in fault("ok", kind="text/plain")


def test_the_most_literal_path_counts() -> None:
    document = api_document()
    assert document.template_of("GET", "/posts/01ARYZ6S41TSV4RRFFQ69G5FAV") == "/posts/{post_id}"
    assert document.template_of("GET", "/feed/home") == "/feed/home"
    assert document.template_of("GET", "/nowhere") is None
