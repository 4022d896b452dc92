"""Posts of uploads that are not ready yet: whose file comes later, or never."""

import json
from typing import Any

import pytest

from media.models import Upload
from media.on_media_changed import app as on_media_changed
from posts import create_post, get_post, on_media_ready
from posts.attachments import Attachments, find_attachments
from posts.models import Post
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_picture, call, on_post
from tests.support.streams import batch, stream_record

EXPIRY = 1_800_000_000
LIMITS = {
    "MAX_MEDIA_PER_POST": "10",
    "MAX_HASHTAGS": "30",
    "MAX_MENTIONS": "20",
    "MAX_REEL_SECONDS": "90",
}


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, noon: float, settings: pytest.MonkeyPatch) -> None:
    """AWS in memory, a stopped clock, and the limits of a post."""
    for name, value in LIMITS.items():
        settings.setenv(name, value)


@pytest.fixture
def author() -> Caller:
    return a_user()


def an_upload(owner: Caller, kind: str = "image", **given: Any) -> str:
    upload_id, moment = new_id(), timestamp()
    Upload(
        upload_id,
        owner_id=owner.user_id,
        kind=kind,
        content_type="image/jpeg" if kind == "image" else "video/mp4",
        object_key=f"uploads/{kind}/{owner.user_id}/{upload_id}",
        created_at=moment,
        updated_at=moment,
        expires_at=EXPIRY,
        **given,
    ).create()
    return upload_id


def publish(author: Caller, *upload_ids: str, **given: Any) -> tuple[int, Any]:
    body = {"caption": "Soon", "upload_ids": list(upload_ids), **given}
    return call(create_post, "POST /posts", author, body=body)


def stored(upload_id: str) -> Upload:
    found = Upload.find(upload_id)
    assert found is not None
    return found


def ready_media(upload_id: str, duration: float | None = None) -> dict[str, Any]:
    kind = "image" if duration is None else "video"
    return {**a_picture(upload_id), "type": kind, "duration": duration}


def end(aws: MemoryAws, upload_id: str, **result: Any) -> None:
    """Let the processing end, and deliver its events twice, from the stream to the post."""
    before = stored(upload_id)
    after = stored(upload_id)
    after.update(actions=[getattr(Upload, name).set(value) for name, value in result.items()])
    aws.published.clear()
    records = batch(stream_record(1, old=before, new=after))
    assert on_media_changed(records, LambdaContext()) == {"batchItemFailures": []}
    messages = [
        {"messageId": "m", "body": json.dumps(event), "eventSource": "aws:sqs"}
        for event in aws.published["media"] * 2
    ]
    answer = on_media_ready.app({"Records": messages}, LambdaContext())
    assert answer == {"batchItemFailures": []}


def read(who: Caller, post_id: str) -> Any:
    return on_post(get_post, "GET", who, post_id)[1]


@pytest.mark.parametrize("status", ["pending", "processing"])
@pytest.mark.parametrize(("kind", "is_reel"), [("image", False), ("video", False), ("video", True)])
def test_a_post_waits_for_its_media(
    aws: MemoryAws, author: Caller, status: str, kind: str, is_reel: bool
) -> None:
    reader = a_user()
    upload_id = an_upload(author, kind, status=status)
    code, post = publish(author, upload_id, is_reel=is_reel)
    assert (code, post["status"], post["media"][0]["status"]) == (201, "processing", "processing")
    assert read(author, post["id"])["status"] == "processing"
    assert read(reader, post["id"])["code"] == "post_not_found"
    duration = 12.5 if kind == "video" else None
    end(aws, upload_id, status="ready", media=ready_media(upload_id, duration))
    for person in (author, reader):
        shown = read(person, post["id"])
        assert (shown["status"], shown["media"][0]["error"]) == ("ready", None)


def test_a_post_waits_for_each_of_its_media(aws: MemoryAws, author: Caller) -> None:
    picture, clip = an_upload(author), an_upload(author, "video")
    old = an_upload(author, status="ready", media=a_picture())
    post_id = publish(author, picture, old, clip)[1]["id"]
    end(aws, picture, status="ready", media=ready_media(picture))
    assert read(author, post_id)["status"] == "processing"
    end(aws, clip, status="ready", media=ready_media(clip, 3.0))
    assert read(author, post_id)["status"] == "ready"


def test_an_awaited_upload_does_not_expire(author: Caller) -> None:
    awaited, begun = an_upload(author), an_upload(author, status="processing")
    assert publish(author, awaited, begun)[0] == 201
    assert (stored(awaited).expires_at, stored(awaited).awaited_until) == (None, EXPIRY)
    assert (stored(begun).expires_at, stored(begun).awaited_until) == (None, None)


def test_the_author_reads_why_a_post_failed(aws: MemoryAws, author: Caller) -> None:
    upload_id, reader = an_upload(author), a_user()
    post_id = publish(author, upload_id)[1]["id"]
    reason = {"code": "media_type_mismatch", "error": "The file is no picture."}
    end(aws, upload_id, status="failed", error_code=reason["code"], error=reason["error"])
    shown = read(author, post_id)
    assert (shown["status"], shown["media"][0]["error"]) == ("failed", reason)
    assert read(reader, post_id)["code"] == "post_not_found"


def test_a_reel_that_turns_out_too_long_says_so(aws: MemoryAws, author: Caller) -> None:
    upload_id = an_upload(author, "video")
    post_id = publish(author, upload_id, is_reel=True)[1]["id"]
    end(aws, upload_id, status="ready", media=ready_media(upload_id, 91.0))
    shown = read(author, post_id)
    assert shown["status"] == "failed"
    assert shown["media"][0]["error"] == {
        "code": "media_too_long",
        "error": "A reel can be at most 90 seconds long.",
    }


def test_a_post_waits_for_its_thumbnail(aws: MemoryAws, author: Caller) -> None:
    clip, cover, friend = an_upload(author, "video"), an_upload(author), a_user()
    given = {"is_reel": True, "thumbnail_upload_id": cover}
    post_id = publish(author, clip, **given)[1]["id"]
    end(aws, clip, status="ready", media=ready_media(clip, 3.0))
    shown = read(author, post_id)
    assert (shown["status"], shown["thumbnail_url"]) == ("processing", None), "not the file as sent"
    key = f"media/{cover}/640.jpg"
    end(aws, cover, status="ready", media={**ready_media(cover), "variants": {"640": key}})
    shown = read(friend, post_id)
    assert shown["status"] == "ready"
    assert key in shown["thumbnail_url"]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_post_whose_thumbnail_fails_fails(aws: MemoryAws, author: Caller, is_first: bool) -> None:
    picture, cover = an_upload(author), an_upload(author)
    post_id = publish(author, picture, thumbnail_upload_id=cover)[1]["id"]
    ends: list[dict[str, Any]] = [
        {"upload_id": cover, "status": "failed", "error_code": "media_missing"},
        {"upload_id": picture, "status": "ready", "media": ready_media(picture)},
    ]
    for each in ends if is_first else reversed(ends):
        end(aws, **each)
    shown = read(author, post_id)
    assert (shown["status"], shown["media"][0]["status"]) == ("failed", "ready")


def test_a_picture_that_is_ready_while_the_thumbnail_fails(
    aws: MemoryAws, author: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture, cover = an_upload(author), an_upload(author)
    post_id = publish(author, picture, thumbnail_upload_id=cover)[1]["id"]
    change = Post.change

    def change_late(self: Post, *actions: Any, **given: Any) -> None:
        monkeypatch.setattr(Post, "change", change)
        end(aws, cover, status="failed", error_code="media_missing")
        change(self, *actions, **given)

    monkeypatch.setattr(Post, "change", change_late)
    end(aws, picture, status="ready", media=ready_media(picture))
    shown = read(author, post_id)
    assert (shown["status"], shown["media"][0]["status"]) == ("failed", "ready")


def test_a_thumbnail_is_an_image_even_before_it_is_uploaded(author: Caller) -> None:
    given = {"thumbnail_upload_id": an_upload(author, "video")}
    assert publish(author, an_upload(author), **given)[1]["code"] == "invalid_input"


def test_a_picture_is_no_reel_even_before_it_is_uploaded(author: Caller) -> None:
    assert publish(author, an_upload(author), is_reel=True)[1]["code"] == "invalid_input"


def test_one_post_waits_for_an_upload_and_none_for_a_failed_one(author: Caller) -> None:
    awaited, failed = an_upload(author), an_upload(author, status="failed")
    assert publish(author, awaited)[0] == 201
    for upload_id in (awaited, failed):
        assert publish(author, upload_id)[1]["code"] == "upload_not_ready"


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"status": "processing"}, (201, "processing")),
        ({"status": "ready", "media": a_picture()}, (201, "ready")),
        ({"status": "failed", "error_code": "media_unreadable"}, (409, None)),
        ({"post_id": "another"}, (409, None)),
    ],
)
def test_a_file_that_comes_while_its_post_is_stored(
    author: Caller,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
    answer: tuple[int, str | None],
) -> None:
    upload_id = an_upload(author)

    def find_early(body: Any, owner_id: str) -> Attachments:
        found = find_attachments(body, owner_id)
        stored(upload_id).update(
            actions=[getattr(Upload, name).set(value) for name, value in change.items()]
        )
        return found

    monkeypatch.setattr(create_post, "find_attachments", find_early)
    status, post = publish(author, upload_id)
    assert (status, post.get("status")) == answer
    assert stored(upload_id).awaited_until is None
