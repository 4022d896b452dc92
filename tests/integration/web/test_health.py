"""GET /health, with real clients against the emulator."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from shared.aws.clients import client
from shared.config import config
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from web import get_health, get_metrics

WELL = {"dynamodb": "ok", "s3": "ok", "sns": "ok", "sqs": "ok"}


@pytest.fixture(autouse=True)
def deployment(foundation: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The foundation, and the bucket that template.yaml adds to it."""
    monkeypatch.setenv("VERSION", "1.2.3")
    client("s3").create_bucket(Bucket=config.media_bucket)
    yield
    lose_bucket()


@pytest.fixture
def lost_bucket() -> Iterator[None]:
    lose_bucket()
    yield
    client("s3").create_bucket(Bucket=config.media_bucket)


def lose_bucket() -> None:
    """Remove the bucket, with what other tests have left in it."""
    pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=config.media_bucket)
    for page in pages:
        for found in page.get("Contents", []):
            client("s3").delete_object(Bucket=config.media_bucket, Key=found["Key"])
    client("s3").delete_bucket(Bucket=config.media_bucket)


def health() -> tuple[int, dict[str, Any]]:
    answer = get_health.app(load_event("web", "get_health"), LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def test_all_is_well() -> None:
    status, body = health()
    assert (status, body["status"], body["version"], body["checks"]) == (200, "ok", "1.2.3", WELL)


def test_what_is_lost_is_down_and_the_rest_is_not(lost_bucket: None) -> None:
    status, body = health()
    assert (status, body["code"]) == (503, "dependency_unavailable")
    assert body["checks"] == {**WELL, "s3": "down"}


def test_metrics_say_the_same(lost_bucket: None) -> None:
    answer = get_metrics.app(load_event("web", "get_metrics"), LambdaContext())
    lines = answer["body"].splitlines()
    assert 'hoshi_up{dependency="s3"} 0' in lines
    assert 'hoshi_up{dependency="sns"} 1' in lines
