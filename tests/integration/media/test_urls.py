"""What a form and a signed URL allow, and for how long: tested against S3 itself."""

from collections.abc import Iterator
from io import BytesIO
from time import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from PIL import Image

from media import create_upload, get_upload
from media.models import Upload
from shared import clock
from shared.aws.media_urls import expires_at, sign_url
from shared.clock import seconds
from shared.config import config
from tests.integration.media.conftest import Bucket, a_form, a_user, call, post, upload_of

KEY = "media/01ARYZ6S41TSV4RRFFQ69G5FAV/720p.mp4"
VIDEO = bytes(range(256)) * 40  # 10,240 bytes of any content
HOUR = 3600


@pytest.fixture
def video(bucket: Bucket) -> Iterator[str]:
    """A URL of the video, signed now."""
    bucket.s3.put_object(Bucket=config.media_bucket, Key=KEY, Body=VIDEO, ContentType="video/mp4")
    yield sign_url(KEY)
    bucket.s3.delete_object(Bucket=config.media_bucket, Key=KEY)


def signed(ago: float) -> str:
    """A URL of the video, signed that many seconds ago."""
    with clock.stop_at(time() - ago):
        return sign_url(KEY)


def test_a_url_works_until_it_ends(video: str) -> None:
    # Signed on the hour, it is valid for two.
    assert httpx.get(signed(ago=HOUR / 2)).content == VIDEO
    ended = httpx.get(signed(ago=2 * HOUR + 1))
    assert (ended.status_code, b"expired" in ended.content) == (403, True)
    assert time() + HOUR <= seconds(expires_at()) <= time() + 2 * HOUR


def test_a_url_reads_one_object_and_nothing_else(video: str) -> None:
    life = parse_qs(urlsplit(video).query)["X-Amz-Expires"][0]
    others = [
        video.replace("720p", "480p"),
        video.replace(f"X-Amz-Expires={life}", "X-Amz-Expires=604800"),
        video.replace(KEY, ""),
        video + "&response-content-type=text%2Fhtml",
        video.partition("?")[0],
    ]
    assert [httpx.get(url).status_code for url in others] == [403] * len(others)
    methods = ("HEAD", "PUT", "DELETE", "POST")
    assert {
        method: httpx.request(method, video).status_code for method in methods
    } == dict.fromkeys(methods, 403)
    assert httpx.get(video).content == VIDEO


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=0-0", 0, 0),
        ("bytes=100-", 100, 10239),
        ("bytes=-500", 9740, 10239),
        ("bytes=-99999", 0, 10239),
        ("bytes=10000-99999", 10000, 10239),
    ],
)
def test_a_player_asks_for_a_part(video: str, asked: str, first: int, last: int) -> None:
    answer = httpx.get(video, headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/10240"
    assert answer.headers["content-length"] == str(last - first + 1)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.content == VIDEO[first : last + 1]


def test_a_player_asks_for_a_range_beyond_the_end(video: str) -> None:
    answer = httpx.get(video, headers={"Range": "bytes=10240-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */10240"


def test_a_whole_file_says_that_it_accepts_ranges(video: str) -> None:
    answer = httpx.get(video)
    assert (answer.status_code, answer.headers["accept-ranges"]) == (200, "bytes")
    tag = {"If-None-Match": answer.headers["etag"]}
    assert httpx.get(video, headers=tag).status_code == 304


def png() -> bytes:
    data = BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "PNG")
    return data.getvalue()


def test_an_expired_form_is_refused(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(create_upload, "_FORM_LIFE", -1)
    form = a_form(a_user(), "image/png")
    assert post(form, png()).status_code == 403
    assert bucket.keys(upload_of(form["upload_id"])) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"x-amz-meta-note": "more"},
        {"success_action_redirect": "https://example.com/"},
        {"Cache-Control": "public"},
        {"policy": "e30="},
        {"x-amz-signature": "0" * 64},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_form_accepts_no_fields_but_its_own(bucket: Bucket, fields: dict[str, str]) -> None:
    form = a_form(a_user(), "image/png")
    assert post(form, png(), **fields).status_code in (400, 403)
    assert bucket.keys(upload_of(form["upload_id"])) == []


def test_a_form_does_not_work_for_another_users_key(bucket: Bucket) -> None:
    mine, theirs = a_form(a_user(), "image/png"), a_form(a_user(), "image/png")
    assert post(mine, png(), key=theirs["media_url"]).status_code == 403
    assert bucket.keys(upload_of(theirs["upload_id"])) == []


def test_uploaded_bytes_are_their_owners_alone(bucket: Bucket) -> None:
    owner = a_user()
    form = a_form(owner, "image/png")
    assert post(form, png()).status_code == 204
    path = {"upload_id": form["upload_id"]}
    _, shape = call(get_upload.app, owner, path=path)
    assert httpx.get(shape["url"]).content == png()
    assert call(get_upload.app, a_user(), path=path)[0] == 404
    Upload(form["upload_id"]).delete()
    assert call(get_upload.app, owner, path=path)[0] == 404
