"""Posts that are made before their files are uploaded, from the form to the events."""

from typing import Any

import pytest

from infra.local.ministack import MiniStack
from media import fail_missing, on_media_changed
from media.models import Upload
from posts import create_post, get_post, on_media_ready
from shared.access.caller import Caller
from shared.clock import now
from shared.config import config
from tests.integration.media.conftest import a_form, arrive, png, upload_of
from tests.integration.media.conftest import post as send_file
from tests.integration.posts.world import a_user, call, consume, deliver, stream_records, take
from tests.support.gateway import LambdaContext


@pytest.fixture(scope="module", autouse=True)
def s3(foundation: MiniStack) -> Any:
    """The media bucket, without the Lambdas that listen to it."""
    client = foundation.client("s3")
    client.create_bucket(Bucket=config.media_bucket)
    return client


def publish(author: Caller, upload_id: str) -> str:
    body = {"caption": "Soon", "upload_ids": [upload_id]}
    status, post = call(create_post.app, "POST /posts", author, body=body)
    assert (status, post["status"]) == (201, "processing"), post
    return str(post["id"])


def read(who: Caller, post_id: str) -> Any:
    return call(get_post.app, "GET /posts/{post_id}", who, path={"post_id": post_id})[1]


def sync(upload_id: str) -> None:
    """Deliver what the upload's stream has, and twice what it publishes to posts."""
    deliver(on_media_changed.app, stream_records("uploads", upload_id))
    events = take("posts-media-ready", lambda event: event["data"]["upload_id"] == upload_id)
    assert events
    consume(on_media_ready.app, *(each["body"] for each in events * 2))


def test_a_file_that_comes_after_its_post() -> None:
    author, reader = a_user(), a_user()
    form = a_form(author, "image/png")
    post_id = publish(author, form["upload_id"])
    assert read(reader, post_id)["code"] == "post_not_found"
    assert send_file(form, png()).status_code == 204
    upload = arrive(upload_of(form["upload_id"]))
    assert (upload.status, upload.post_id, upload.awaited_until) == ("ready", post_id, None)
    sync(upload.upload_id)
    shown = read(reader, post_id)
    assert (shown["status"], shown["media"][0]["width"]) == ("ready", 40)


def test_a_file_that_never_comes(s3: Any) -> None:
    author = a_user()
    form = a_form(author, "image/png")
    post_id, upload = publish(author, form["upload_id"]), upload_of(form["upload_id"])
    assert upload.awaited_until > now()
    Upload(upload.upload_id).update(actions=[Upload.awaited_until.set(int(now()))])
    context = LambdaContext(remaining=60_000)
    assert fail_missing.app({}, context)["purged"] >= 1
    sync(upload.upload_id)
    shown = read(author, post_id)
    assert (shown["status"], shown["media"][0]["error"]["code"]) == ("failed", "media_missing")

    assert send_file(form, png()).status_code == 204
    assert arrive(upload).status == "failed", "too late"
    found = s3.list_objects_v2(Bucket=config.media_bucket, Prefix=upload.object_key)
    assert found["KeyCount"] == 0
