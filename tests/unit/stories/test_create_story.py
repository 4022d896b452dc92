"""Publishing a story: its upload, its caption, its stickers."""

from typing import Any

import pytest

from media.models import Upload
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.ids import new_id
from stories import create_story
from stories.models import Story
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_picture, call, name
from tests.support.stories import stored

ROUTE = "POST /stories"


@pytest.fixture
def author(aws: MemoryAws, settings: pytest.MonkeyPatch) -> Caller:
    for limit in ("HASHTAGS", "MENTIONS"):
        settings.setenv(f"MAX_{limit}", "3")
    settings.setenv("MAX_STORY_SECONDS", "60")
    return a_user()


def an_upload(owner: Caller, duration: float | None = None, **given: Any) -> str:
    """Store an upload that was made for a story, and is ready unless said otherwise."""
    upload_id, moment = new_id(), timestamp()
    kind = "image" if duration is None else "video"
    media = {**a_picture(upload_id), "type": kind, "duration": duration}
    Upload(
        upload_id,
        **{
            "owner_id": owner.user_id,
            "kind": kind,
            "purpose": "story",
            "content_type": "image/jpeg",
            "object_key": f"uploads/{kind}/{owner.user_id}/{upload_id}",
            "status": "ready",
            "media": media,
            "created_at": moment,
            "updated_at": moment,
            "expires_at": int(now()) + 86400,
            **given,
        },
    ).save()
    return upload_id


def create(author: Caller, **body: Any) -> tuple[int, Any]:
    return call(create_story, ROUTE, author, body=body)


def test_a_story_shows_its_upload_for_a_day(author: Caller, noon: float) -> None:
    upload_id = an_upload(author)
    status, story = create(
        author,
        upload_id=upload_id,
        caption=" Snow ",
        filter_name="warm",
        stickers_json='[{"kind": "clock"}]',
        close_friends_only=True,
    )
    assert status == 201
    assert (story["media"]["upload_id"], story["media_type"]) == (upload_id, "image")
    assert (story["caption"], story["filter_name"]) == ("Snow", "warm")
    assert (story["stickers_json"], story["close_friends_only"]) == ('[{"kind": "clock"}]', True)
    assert (story["created_at"], story["expires_at"]) == (
        "2026-01-05T12:00:00.000Z",
        "2026-01-06T12:00:00.000Z",
    )
    assert (story["view_count"], story["like_count"], story["is_viewed"]) == (0, 0, False)
    upload = Upload.find(upload_id)
    assert upload is not None
    assert (upload.post_ids, upload.expires_at) == ({story["id"]}, None)


def test_the_upload_may_be_named_by_its_media_url(author: Caller) -> None:
    upload_id = an_upload(author, 12.0)
    key = f"uploads/video/{author.user_id}/{upload_id}"
    status, story = create(author, media_url=key, media_type="video")
    assert (status, story["media_type"]) == (201, "video")


def test_the_people_in_the_caption_are_mentioned(author: Caller) -> None:
    reader = a_user()
    caption = f"With @{name(reader)} and @nobody_at_all"
    _, story = create(author, upload_id=an_upload(author), caption=caption)
    assert stored(author, story["id"]).mentions == [reader.user_id]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"owner_id": "another"}, "upload_not_found"),
        ({"expires_at": 1}, "upload_not_found"),
        ({"status": "pending", "media": None, "post_id": "another"}, "upload_not_ready"),
        ({"status": "failed", "media": None}, "upload_not_ready"),
        ({"purpose": "post"}, "invalid_input"),
        ({"duration": 60.6}, "invalid_input"),
        ({"post_ids": {f"post-{number}" for number in range(100)}}, "upload_in_use"),
    ],
)
def test_an_upload_that_cannot_be_a_story(
    author: Caller, aws: MemoryAws, given: dict[str, Any], code: str
) -> None:
    _, answer = create(author, upload_id=an_upload(author, **given))
    assert answer["code"] == code
    assert aws.dynamo.items("hoshi-stories") == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"caption": "x" * 201}, "caption"),
        ({"caption": "#a #b #c #d"}, "caption"),
        ({"caption": "@aaa @bbb @ccc @ddd"}, "caption"),
        ({"filter_name": "x" * 51}, "filter_name"),
        ({"stickers_json": "{"}, "stickers_json"),
        ({"stickers_json": "NaN"}, "stickers_json"),
        ({"stickers_json": "[" * 8192}, "stickers_json"),
        ({"stickers_json": f'"{"x" * 8191}"'}, "stickers_json"),
        ({"media_type": "video"}, "media_type"),
        ({"media_type": "sound"}, "media_type"),
    ],
)
def test_bounds(author: Caller, body: dict[str, Any], field: str) -> None:
    status, answer = create(author, upload_id=an_upload(author), **body)
    assert (status, answer["code"]) == (400, "invalid_input")
    assert [each["field"] for each in answer["details"]] == [field]


def test_a_story_has_an_upload(author: Caller) -> None:
    assert create(author, caption="Words alone")[0] == 400
    assert create(author, media_url="https://example.com/snow.jpg")[1]["code"] == "upload_not_found"


def test_a_repeated_key_makes_one_story(author: Caller) -> None:
    body, headers = {"upload_id": an_upload(author)}, {"Idempotency-Key": "one"}
    made = [call(create_story, ROUTE, author, body=body, headers=headers) for _ in range(2)]
    assert made[0][1]["id"] == made[1][1]["id"]
    assert len(list(Story.query(author.user_id))) == 1
