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

ALL_OK = {"dynamodb": "ok", "s3": "ok", "sns": "ok", "sqs": "ok"}


@pytest.fixture(autouse=True)
def deployment(foundation: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The foundation, and the bucket that template.yaml adds to it."""
    monkeypatch.setenv("VERSION", "1.2.3")
    client("s3").create_bucket(Bucket=config.media_bucket)
    yield
    delete_bucket()


@pytest.fixture
def missing_bucket() -> Iterator[None]:
    delete_bucket()
    yield
    client("s3").create_bucket(Bucket=config.media_bucket)


def delete_bucket() -> None:
    """Delete the bucket and its objects, those of other tests too."""
    pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=config.media_bucket)
    for page in pages:
        for found in page.get("Contents", []):
            client("s3").delete_object(Bucket=config.media_bucket, Key=found["Key"])
    client("s3").delete_bucket(Bucket=config.media_bucket)


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
