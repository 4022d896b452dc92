"""GET /health, with real clients against the emulator."""

import json
from typing import Any

import pytest

from shared.aws.clients import client
from shared.config import config
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from web import get_health, get_metrics

ALL_OK = {"dynamodb": "ok", "s3": "ok", "sns": "ok", "sqs": "ok"}


@pytest.fixture(autouse=True)
def deployment(foundation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The foundation, and the bucket that template.yaml adds to it; other tests use it, too."""
    monkeypatch.setenv("VERSION", "1.2.3")
    names = [each["Name"] for each in client("s3").list_buckets()["Buckets"]]
    if config.media_bucket not in names:
        client("s3").create_bucket(Bucket=config.media_bucket)


@pytest.fixture
def missing_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(config.__dict__, "media_bucket", "a-bucket-that-is-missing")


def health() -> tuple[int, dict[str, Any]]:
    answer = get_health.app(load_event("web", "get_health"), LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def test_everything_is_up() -> None:
    status, body = health()
    assert (status, body["status"], body["version"], body["checks"]) == (200, "ok", "1.2.3", ALL_OK)


def test_a_missing_bucket_is_down_and_the_rest_is_not(missing_bucket: None) -> None:
    status, body = health()
    assert (status, body["code"]) == (503, "dependency_unavailable")
    assert body["checks"] == {**ALL_OK, "s3": "down"}


def test_metrics_say_the_same(missing_bucket: None) -> None:
    answer = get_metrics.app(load_event("web", "get_metrics"), LambdaContext())
    lines = answer["body"].splitlines()
    assert 'hoshi_up{dependency="s3"} 0' in lines
    assert 'hoshi_up{dependency="sns"} 1' in lines
