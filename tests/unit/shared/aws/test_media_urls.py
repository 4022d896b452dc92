"""Signed URLs are what the AWS SDK itself would sign at the full hour."""

import time
from datetime import UTC, datetime
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import botocore.auth
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import (
    Credentials,
    DeferredRefreshableCredentials,
    RefreshableCredentials,
)
from botocore.session import Session

from shared import clock
from shared.aws import media_urls
from shared.aws.media_urls import expires_at, sign_url
from tests.unit.conftest import SETTINGS

HOUR = 1_767_614_400.0  # 2026-01-05T12:00:00Z
KEYS = [
    "uploads/post/01ARYZ6S41TSV4RRFFQ69G5FAV/1080.jpg",
    "a b+c&d=e?f#g%h~i'j(k)*l!,;:@$[]",
    "名前/ü.webp",
]


@pytest.fixture(autouse=True)
def fresh_session(settings: pytest.MonkeyPatch) -> Session:
    """Credentials are read from this test's environment, not from another one's."""
    fresh = Session()
    settings.setattr(media_urls, "session", lambda: fresh)
    return fresh


def signed_by_botocore(key: str, token: str | None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same request under botocore's own signer, whose clock is set to the full hour."""
    moment = datetime.fromtimestamp(HOUR, UTC)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda **_: moment)
    credentials = Credentials(
        SETTINGS["AWS_ACCESS_KEY_ID"], SETTINGS["AWS_SECRET_ACCESS_KEY"], token
    )
    path = urlsplit(sign_url(key)).path
    request = AWSRequest("GET", f"https://s3.us-east-1.amazonaws.com{path}")
    S3SigV4QueryAuth(credentials, "s3", "us-east-1", expires=7200).add_auth(request)
    return str(request.prepare().url)


def parts(url: str) -> tuple[str, str, dict[str, list[str]]]:
    found = urlsplit(url)
    return found.netloc, found.path, parse_qs(found.query, strict_parsing=True)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("token", [None, "IQoJb3JpZ2luX2VjE/+w=="])
def test_the_signature_is_botocores(
    settings: pytest.MonkeyPatch, key: str, token: str | None
) -> None:
    if token:
        settings.setenv("AWS_SESSION_TOKEN", token)
    with clock.stop_at(HOUR + 1234.5):
        assert parts(sign_url(key)) == parts(signed_by_botocore(key, token, settings))


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_in_the_path_as_boto3_would_write_it(
    settings: pytest.MonkeyPatch, fresh_session: Session, key: str
) -> None:
    settings.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    client = fresh_session.create_client(
        "s3", region_name="us-east-1", endpoint_url="http://localhost:4566"
    )
    theirs = client.generate_presigned_url(
        "get_object", Params={"Bucket": "hoshi-media-000000000000-us-east-1", "Key": key}
    )
    assert parts(sign_url(key))[:2] == parts(theirs)[:2]


def test_a_url_stays_the_same_within_its_hour_and_changes_with_it() -> None:
    def url_at(moment: float) -> str:
        with clock.stop_at(moment):
            return sign_url("key")

    assert url_at(HOUR) == url_at(HOUR + 3599.9)
    assert url_at(HOUR) != url_at(HOUR + 3600)


@pytest.mark.parametrize("age", [0, 1800, 3599])
def test_a_url_lives_for_at_least_an_hour_and_says_when_it_ends(age: int) -> None:
    with clock.stop_at(HOUR + age):
        query = parts(sign_url("key"))[2]
        end = clock.seconds(expires_at())
        assert end - clock.now() >= 3600
    assert query["X-Amz-Date"] == ["20260105T120000Z"]
    assert HOUR + int(query["X-Amz-Expires"][0]) == end


class _Provider:
    """What loads credentials that live for a while, as a container's or an instance's provider."""

    def __init__(self, *lives: int) -> None:
        self.lives = list(lives)

    def load_credentials(self) -> RefreshableCredentials:
        name = f"KEY{len(self.lives)}"
        end = datetime.fromtimestamp(clock.now() + self.lives.pop(0), UTC).isoformat()
        metadata = {"access_key": name, "secret_key": name, "token": name, "expiry_time": end}
        return RefreshableCredentials.create_from_metadata(metadata, lambda: metadata, "test")


@pytest.mark.parametrize(
    ("lives", "kept", "key"),
    [
        ([8000], 7200, "KEY1"),
        ([3000, 8000], 7200, "KEY1"),  # renewed: what there was ends before the URL
        ([3000, 5030], 5000, "KEY1"),  # the newer ones do, too: so does the URL
    ],
)
def test_a_url_ends_with_the_credentials_that_signed_it(
    settings: pytest.MonkeyPatch, lives: list[int], kept: int, key: str
) -> None:
    moment = time.time()  # botocore asks the real clock how long credentials live
    begin = moment // 3600 * 3600
    with clock.stop_at(moment):
        passed = moment - begin
        provider = _Provider(*(round(life - passed + 1) for life in lives))
        session = SimpleNamespace(get_component=lambda name: provider)
        session.get_credentials = provider.load_credentials
        settings.setattr(media_urls, "session", lambda: session)
        query = parts(sign_url("key"))[2]
        end = clock.seconds(expires_at()) - begin
    assert query["X-Amz-Credential"][0].startswith(key)
    assert int(query["X-Amz-Expires"][0]) == end
    assert kept - 60 < end <= kept + 30


def test_a_url_that_is_to_end_later_than_its_credentials_ends_with_them(
    settings: pytest.MonkeyPatch,
) -> None:
    moment = time.time()
    with clock.stop_at(moment):
        provider = _Provider(600, 600)
        session = SimpleNamespace(get_component=lambda name: provider)
        session.get_credentials = provider.load_credentials
        settings.setattr(media_urls, "session", lambda: session)
        lives = {}
        for wanted in (300, 1800):
            query = parts(sign_url("key", ends=int(moment) + wanted))[2]
            end = moment // 3600 * 3600 + int(query["X-Amz-Expires"][0])
            lives[wanted] = end - int(moment)
    assert lives[300] == 300
    assert 540 <= lives[1800] <= 600


def test_credentials_that_are_loaded_when_they_are_needed_are_asked_after_that(
    settings: pytest.MonkeyPatch,
) -> None:
    moment = time.time()
    end = datetime.fromtimestamp(moment + 40_000, UTC).isoformat()
    loaded = {"access_key": "KEY", "secret_key": "KEY", "token": "KEY", "expiry_time": end}
    deferred = DeferredRefreshableCredentials(lambda: loaded, "test")
    provider = SimpleNamespace(load_credentials=lambda: deferred)
    session = SimpleNamespace(get_credentials=lambda: deferred, get_component=lambda name: provider)
    settings.setattr(media_urls, "session", lambda: session)
    with clock.stop_at(moment):
        assert clock.seconds(expires_at()) - moment >= 3600


@pytest.mark.parametrize("token", ["", "T" * 1_100, "+/=" * 700])
def test_the_length_of_a_url_covers_the_longest_key(
    settings: pytest.MonkeyPatch, token: str
) -> None:
    settings.setenv("AWS_SESSION_TOKEN", token)
    key = "uploads/verification/01ARYZ6S41TSV4RRFFQ69G5FAV/original.jpeg"
    assert 0 <= media_urls.url_length() - len(sign_url(key)) <= 8
