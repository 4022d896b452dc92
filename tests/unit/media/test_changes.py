"""What the stream of uploads publishes to other services and pushes to the owner's sockets."""

import json
from typing import Any

import pytest

from media.models import Upload
from media.on_media_changed import app
from media.public import upload_frames
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.ids import new_id
from shared.realtime.frame_log import LoggedFrame
from shared.realtime.sockets import Connection, store
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.streams import batch, stream_record
from tests.unit.media.conftest import picture_of

UPLOAD_ID, POST_ID = new_id(), new_id()


@pytest.fixture(autouse=True)
def socket(aws: MemoryAws, caller: Caller, noon: float) -> None:
    """The owner has a socket open."""
    store(
        Connection(
            "socket",
            user_id=caller.user_id,
            username=caller.username,
            session_id=caller.session_id,
            connected_at=timestamp(),
            expires_at=int(now()) + 60,
        )
    )


def an_upload(owner: Caller, status: str, **given: Any) -> Upload:
    return Upload(
        UPLOAD_ID,
        owner_id=owner.user_id,
        kind="image",
        status=status,
        content_type="image/jpeg",
        object_key=f"uploads/image/{owner.user_id}/{UPLOAD_ID}",
        media=picture_of(UPLOAD_ID) if status == "ready" else None,
        created_at=timestamp(),
        updated_at=timestamp(),
        **given,
    )


def changed(old: Upload | None, new: Upload) -> None:
    event = batch(stream_record(1, old=old, new=new))
    assert app(event, LambdaContext()) == {"batchItemFailures": []}


def frames(aws: MemoryAws) -> list[dict[str, Any]]:
    return [json.loads(text) for text in aws.pushed.get("socket", [])]


def test_a_ready_upload_is_published_and_pushed_once(aws: MemoryAws, caller: Caller) -> None:
    before = an_upload(caller, "processing", post_id=POST_ID)
    after = an_upload(caller, "ready", post_id=POST_ID, progress=100)
    changed(before, after)
    [event] = aws.published["media"]
    assert (event["type"], event["actor"]) == ("media.ready", caller.user_id)
    assert event["data"] == {
        "upload_id": UPLOAD_ID,
        "owner_id": caller.user_id,
        "kind": "image",
        "post_id": POST_ID,
        "media": dict(picture_of(UPLOAD_ID)),
    }
    changed(before, after)
    [frame] = frames(aws)
    assert frame["event"] == "media.ready"
    assert (frame["data"]["status"], frame["data"]["post_id"]) == ("ready", POST_ID)
    assert frame["data"]["upload"]["variants"].keys() == {"original", "1080", "640", "320"}
    kept = [each.reference for each in LoggedFrame.query(caller.user_id) if each.reference]
    assert {each.id for each in kept} == {frame["id"]}
    assert upload_frames(caller.user_id, kept) == {}  # it is not stored
    after.save()
    assert upload_frames(caller.user_id, kept) == {frame["id"]: frame["data"]}
    assert upload_frames(new_id(), kept) == {}


def test_a_failed_upload_is_published_with_its_reason(aws: MemoryAws, caller: Caller) -> None:
    failed = an_upload(caller, "failed", error_code="media_too_long", error="It is too long.")
    changed(an_upload(caller, "processing"), failed)
    [event] = aws.published["media"]
    assert (event["type"], event["data"]["code"]) == ("media.failed", "media_too_long")
    [frame] = frames(aws)
    assert frame["event"] == "media.failed"
    assert "post_id" not in frame["data"]
    assert frame["data"]["upload"]["error"]["code"] == "media_too_long"


def test_progress_is_pushed_and_not_stored(aws: MemoryAws, caller: Caller) -> None:
    changed(an_upload(caller, "pending"), an_upload(caller, "processing"))
    changed(an_upload(caller, "processing"), an_upload(caller, "processing", progress=40))
    assert frames(aws) == [
        {
            "event": "media.progress",
            "data": {"upload_id": UPLOAD_ID, "progress": percent, "status": "processing"},
        }
        for percent in (0, 40)
    ]
    assert not list(LoggedFrame.query(caller.user_id))
    assert aws.published == {}


def test_other_changes_are_not_published(aws: MemoryAws, caller: Caller) -> None:
    changed(None, an_upload(caller, "pending"))
    changed(an_upload(caller, "processing"), an_upload(caller, "processing", attempts=2))
    changed(an_upload(caller, "ready"), an_upload(caller, "ready", post_id=POST_ID))
    assert (aws.pushed, aws.published) == ({}, {})


def test_a_description_is_published_to_the_posts_that_show_it(
    aws: MemoryAws, caller: Caller
) -> None:
    another = new_id()
    plain = an_upload(caller, "ready", post_ids={POST_ID})
    described = {"alt_text": "A lake.", "is_described": True}
    after = an_upload(caller, "ready", post_ids={POST_ID}, **described)
    changed(plain, after)
    changed(after, an_upload(caller, "ready", post_ids={POST_ID, another}, **described))
    changed(an_upload(caller, "ready"), an_upload(caller, "ready", **described))
    first, second = aws.published["media"]
    assert first["type"] == second["type"] == "media.described"
    assert first["data"] == {
        "upload_id": UPLOAD_ID,
        "owner_id": caller.user_id,
        "post_ids": [POST_ID],
        "alt_text": "A lake.",
    }
    assert second["data"]["post_ids"] == sorted([POST_ID, another])
