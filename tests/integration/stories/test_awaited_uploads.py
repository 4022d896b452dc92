"""Stories that are made before their files are uploaded, from the form to the events."""

from typing import Any

import pytest

from infra.local.ministack import MiniStack
from media import fail_missing, on_media_changed
from media.models import Upload
from shared.access.caller import Caller
from shared.clock import now
from shared.config import config
from stories import create_story, get_story, on_media_ready, on_stories_changed
from tests.integration.media.conftest import a_form, arrive, png, upload_of
from tests.integration.media.conftest import post as send_file
from tests.integration.posts.world import a_user, call, consume, deliver, stream_records, take
from tests.support.gateway import LambdaContext
from users.models import Claim


@pytest.fixture(scope="module", autouse=True)
def s3(foundation: MiniStack) -> Any:
    """The media bucket, without the Lambdas that listen to it."""
    client = foundation.client("s3")
    client.create_bucket(Bucket=config.media_bucket)
    return client


def publish(author: Caller, upload_id: str, caption: str = "Soon") -> str:
    body = {"caption": caption, "upload_id": upload_id}
    status, story = call(create_story.app, "POST /stories", author, body=body)
    assert (status, story["status"]) == (201, "processing"), story
    return str(story["id"])


def read(who: Caller, story_id: str) -> Any:
    return call(get_story.app, "GET /stories/{story_id}", who, path={"story_id": story_id})[1]


def sync(upload_id: str) -> None:
    """Deliver what the upload's stream has, and twice what it publishes to stories."""
    deliver(on_media_changed.app, stream_records("uploads", upload_id))
    events = take("stories-media-ready", lambda event: event["data"]["upload_id"] == upload_id)
    assert events
    consume(on_media_ready.app, *(each["body"] for each in events * 2))


def published(author: Caller, story_id: str) -> list[str]:
    """Deliver what the author's stories changed, and return what reached the notifications."""
    deliver(on_stories_changed.app, stream_records("stories", author.user_id))
    events = take("notifications", lambda event: event["data"].get("story_id") == story_id)
    return [each["body"] for each in events]


def test_a_file_that_comes_after_its_story() -> None:
    author, reader = a_user(), a_user()
    Claim(f"username#{reader.username}", user_id=reader.user_id).save()
    form = a_form(author, "image/png", purpose="story")
    story_id = publish(author, form["upload_id"], f"Soon, @{reader.username}")
    assert read(reader, story_id)["code"] == "story_not_found"
    assert published(author, story_id) == [], "no one is mentioned in what is not there"
    assert send_file(form, png()).status_code == 204
    upload = arrive(upload_of(form["upload_id"]))
    assert (upload.status, upload.post_id, upload.awaited_until) == ("ready", story_id, None)
    sync(upload.upload_id)
    shown = read(reader, story_id)
    assert (shown["status"], shown["media"]["width"]) == ("ready", 40)
    assert any("story.mentioned" in body for body in published(author, story_id))


def test_a_file_that_never_comes() -> None:
    author, reader = a_user(), a_user()
    form = a_form(author, "image/png", purpose="story")
    story_id, upload = publish(author, form["upload_id"]), upload_of(form["upload_id"])
    assert upload.awaited_until > now()
    Upload(upload.upload_id).update(actions=[Upload.awaited_until.set(int(now()))])
    assert fail_missing.app({}, LambdaContext(remaining=60_000))["purged"] >= 1
    sync(upload.upload_id)
    shown = read(author, story_id)
    assert (shown["status"], shown["media"]["error"]["code"]) == ("failed", "media_missing")
    assert read(reader, story_id)["code"] == "story_not_found"
