"""Stories of uploads that are not ready yet: whose file comes later, or never."""

import json
from typing import Any

import pytest

from media.models import Upload
from media.on_media_changed import app as on_media_changed
from shared.access.caller import Caller
from shared.clock import now, stop_at, timestamp
from shared.ids import new_id
from stories import attachments, create_story, get_story, list_user_stories, on_media_ready
from stories.live_stories import live_stories
from stories.visibility import LIFE
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_picture, call
from tests.support.stories import a_story, on_story, stored
from tests.support.streams import batch, stream_record

EXPIRY = 1_800_000_000
HOUR = 3600


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, noon: float, settings: pytest.MonkeyPatch) -> None:
    """AWS in memory, a stopped clock, and the limits of a story."""
    for name, value in (("HASHTAGS", "30"), ("MENTIONS", "20"), ("STORY_SECONDS", "60")):
        settings.setenv(f"MAX_{name}", value)


@pytest.fixture
def author() -> Caller:
    return a_user()


def an_upload(owner: Caller, kind: str = "image", **given: Any) -> str:
    upload_id, moment = new_id(), timestamp()
    Upload(
        upload_id,
        owner_id=owner.user_id,
        kind=kind,
        purpose="story",
        content_type="image/jpeg" if kind == "image" else "video/mp4",
        object_key=f"uploads/{kind}/{owner.user_id}/{upload_id}",
        created_at=moment,
        updated_at=moment,
        expires_at=EXPIRY,
        **given,
    ).create()
    return upload_id


def publish(author: Caller, upload_id: str) -> tuple[int, Any]:
    return call(create_story, "POST /stories", author, body={"upload_id": upload_id})


def an_upload_as_stored(upload_id: str) -> Upload:
    found = Upload.find(upload_id)
    assert found is not None
    return found


def ready_media(upload_id: str, duration: float | None = None) -> dict[str, Any]:
    kind = "image" if duration is None else "video"
    return {**a_picture(upload_id), "type": kind, "duration": duration}


def end(aws: MemoryAws, upload_id: str, **result: Any) -> list[dict[str, str]]:
    """Let the processing end, and deliver its events twice, from the stream to the story. Returns
    the messages, for a third delivery."""
    before, after = an_upload_as_stored(upload_id), an_upload_as_stored(upload_id)
    after.update(actions=[getattr(Upload, name).set(value) for name, value in result.items()])
    aws.published.clear()
    on_media_changed(batch(stream_record(1, old=before, new=after)), LambdaContext())
    messages = [
        {"messageId": "m", "body": json.dumps(event), "eventSource": "aws:sqs"}
        for event in aws.published["media"] * 2
    ]
    deliver(messages)
    return messages


def deliver(messages: list[dict[str, str]]) -> None:
    answer = on_media_ready.app({"Records": messages}, LambdaContext())
    assert answer == {"batchItemFailures": []}


def listed(viewer: Caller, author: Caller) -> list[str]:
    path = {"user": author.user_id}
    _, answer = call(list_user_stories, "GET /users/{user}/stories", viewer, path=path)
    return [each["id"] for each in answer["stories"]]


@pytest.mark.parametrize("status", ["pending", "processing"])
@pytest.mark.parametrize("duration", [None, 12.5])
def test_a_story_appears_by_itself(
    aws: MemoryAws, author: Caller, status: str, duration: float | None
) -> None:
    reader, kind = a_user(), "video" if duration else "image"
    upload_id = an_upload(author, kind, status=status)
    code, story = publish(author, upload_id)
    assert (code, story["status"], story["media"]["status"]) == (201, "processing", "processing")
    assert (story["is_expired"], listed(author, author)) == (False, [story["id"]])
    assert on_story(get_story, "GET", reader, story["id"])[1]["code"] == "story_not_found"
    assert listed(reader, author) == []
    end(aws, upload_id, status="ready", media=ready_media(upload_id, duration))
    code, shown = on_story(get_story, "GET", reader, story["id"])
    assert (code, shown["status"], shown["media"]["error"]) == (200, "ready", None)
    assert listed(reader, author) == [story["id"]]


def test_its_24_hours_begin_when_it_is_ready(aws: MemoryAws, author: Caller) -> None:
    reader, upload_id, begin = a_user(), an_upload(author), now()
    story_id = publish(author, upload_id)[1]["id"]
    with stop_at(begin + 25 * HOUR):
        later = a_story(author)
        _, waiting = on_story(get_story, "GET", author, story_id)
        assert (waiting["is_expired"], listed(author, author)) == (False, [later, story_id])
    ready_at = begin + 26 * HOUR
    with stop_at(ready_at):
        messages = end(aws, upload_id, status="ready", media=ready_media(upload_id))
    with stop_at(ready_at + HOUR):
        deliver(messages)  # for a third time
    with stop_at(ready_at + LIFE - 1):
        code, shown = on_story(get_story, "GET", reader, story_id)
        assert (code, shown["expires_at"]) == (200, timestamp(ready_at + LIFE))
        assert shown["created_at"] == timestamp(begin)
        assert listed(reader, author) == [story_id], "a later story may end earlier"
    with stop_at(ready_at + LIFE):
        assert on_story(get_story, "GET", reader, story_id)[0] == 410
        assert listed(reader, author) == listed(author, author) == []


def test_an_expired_story_takes_no_place_on_a_page(author: Caller) -> None:
    begin = now()
    waited = a_story(author, ready_at=timestamp(begin + LIFE))
    for _ in range(3):
        a_story(author)
    with stop_at(begin + HOUR):
        later = a_story(author)
        a_story(author, deleted_at=timestamp())
    with stop_at(begin + LIFE):
        found, following = live_stories(author.user_id, 2)
        assert [story.story_id for story in found] == [later, waited]
        assert following is None or live_stories(author.user_id, 2, following) == ([], None)


def test_an_awaited_upload_does_not_expire(author: Caller) -> None:
    upload_id = an_upload(author)
    story_id = publish(author, upload_id)[1]["id"]
    upload = an_upload_as_stored(upload_id)
    assert (upload.post_id, upload.expires_at, upload.awaited_until) == (story_id, None, EXPIRY)
    code, answer = publish(author, upload_id)
    assert (code, answer["code"]) == (409, "upload_not_ready"), "one story can wait for it"


def test_the_author_reads_why_a_story_failed(aws: MemoryAws, author: Caller) -> None:
    upload_id, reader = an_upload(author), a_user()
    story_id = publish(author, upload_id)[1]["id"]
    reason = {"code": "media_type_mismatch", "error": "The file is no picture."}
    end(aws, upload_id, status="failed", error_code=reason["code"], error=reason["error"])
    _, shown = on_story(get_story, "GET", author, story_id)
    assert (shown["status"], shown["media"]["error"]) == ("failed", reason)
    assert on_story(get_story, "GET", reader, story_id)[0] == 404


def test_a_video_that_turns_out_too_long_says_so(aws: MemoryAws, author: Caller) -> None:
    upload_id = an_upload(author, "video")
    story_id = publish(author, upload_id)[1]["id"]
    end(aws, upload_id, status="ready", media=ready_media(upload_id, 60.6))
    _, shown = on_story(get_story, "GET", author, story_id)
    assert (shown["status"], shown["media"]["error"]["code"]) == ("failed", "media_too_long")
    assert stored(author, story_id).ready_at is None


def test_other_uploads_of_its_author_change_no_story(aws: MemoryAws, author: Caller) -> None:
    waits, other = an_upload(author), an_upload(author)
    story_id = publish(author, waits)[1]["id"]
    end(aws, other, status="ready", media=ready_media(other), post_id=story_id)
    assert stored(author, story_id).status == "processing"


@pytest.mark.parametrize("becomes", ["processing", "ready"])
def test_a_file_that_comes_just_then_is_no_error(
    author: Caller, monkeypatch: pytest.MonkeyPatch, becomes: str
) -> None:
    """The file comes between the read of the upload and the story's transaction."""
    upload_id = an_upload(author)
    attach, calls = attachments.attach, []

    def file_comes(*given: Any, **more: Any) -> None:
        if not calls:
            media = ready_media(upload_id) if becomes == "ready" else None
            Upload(upload_id).update(actions=[Upload.status.set(becomes), Upload.media.set(media)])
        calls.append(1)
        attach(*given, **more)

    monkeypatch.setattr(attachments, "attach", file_comes)
    code, story = publish(author, upload_id)
    assert (code, story["status"], len(calls)) == (201, becomes, 2)
