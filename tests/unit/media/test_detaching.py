"""Releasing uploads when the posts or profiles that showed them no longer do."""

import json
from typing import Any

import pytest

from media import on_message_deleted, on_post_purged
from media.models import Upload
from media.pictures import release_avatar
from media.uploads import UploadIsChanging, attach, detach
from shared.access.caller import Caller
from shared.dynamodb.tables import transaction
from shared.errors import UploadInUse
from shared.ids import new_id
from tests.support.memory_aws import MemoryAws
from tests.unit.media.conftest import MakeUpload


class Changed(Exception):
    """An upload is not as it was read."""


def stored(upload: Upload) -> Upload:
    found = Upload.find(upload.upload_id)
    assert found is not None
    return found


def show(upload: Upload, *posts: str) -> None:
    for post_id in posts:
        with transaction() as write:
            attach(write, upload, post_id)


def purge(post_id: str, *uploads: Upload) -> None:
    ids = {"post_id": post_id, "author_id": "a"}
    consume(on_post_purged.app, "post.purged", ids, *uploads)


def unsend(message_id: str, *uploads: Upload) -> None:
    ids = {"message_id": message_id, "conversation_id": "c", "sender_id": "a"}
    consume(on_message_deleted.app, "message.deleted", ids, *uploads)


def consume(app: Any, event_type: str, ids: dict[str, str], *uploads: Upload) -> None:
    event = {
        "event_id": "e",
        "type": event_type,
        "version": 1,
        "occurred_at": "2026-01-05T12:00:00.000Z",
        "actor": "a",
        "data": {**ids, "upload_ids": [upload.upload_id for upload in uploads]},
    }
    record = {"messageId": "m", "body": json.dumps(event), "eventSource": "aws:sqs"}
    assert app({"Records": [record]}, None) == {"batchItemFailures": []}


def test_the_last_post_takes_the_upload_with_it(aws: MemoryAws, make_upload: MakeUpload) -> None:
    upload, other = make_upload(status="ready"), make_upload(status="ready")
    show(upload, "first", "second")
    show(other, "first")
    for _ in range(2):  # a repeat changes nothing
        purge("first", upload)
        left = Upload.find(upload.upload_id)
        assert left is not None
        assert (left.post_ids, left.expires_at) == ({"second"}, None)
    purge("second", upload)
    assert Upload.find(upload.upload_id) is None
    purge("second", upload)
    assert Upload.find(other.upload_id)


def test_a_post_releases_only_what_it_showed(aws: MemoryAws, make_upload: MakeUpload) -> None:
    shown, unused = make_upload(status="ready"), make_upload(status="ready")
    show(shown, "post")
    purge("other", shown, unused)
    assert Upload.find(shown.upload_id)
    assert Upload.find(unused.upload_id)


def test_a_profile_picture_stays(aws: MemoryAws, make_upload: MakeUpload, caller: Caller) -> None:
    upload = make_upload(status="ready", avatar_of=caller.user_id)
    show(upload, "post")
    purge("post", upload)
    left = Upload.find(upload.upload_id)
    assert left is not None
    assert (left.post_id, left.post_ids, left.avatar_of) == (None, None, caller.user_id)


def test_a_former_profile_picture_expires_a_day_later(
    aws: MemoryAws, make_upload: MakeUpload, caller: Caller, noon: float
) -> None:
    upload = make_upload(status="ready", avatar_of=caller.user_id, expires_at=None)
    with transaction() as write:
        release_avatar(write, upload, Changed())
    left = stored(upload)
    assert (left.avatar_of, left.expires_at) == (None, noon + 86400)


def test_a_profile_releases_what_a_purged_post_has_released(
    aws: MemoryAws, make_upload: MakeUpload, caller: Caller
) -> None:
    """If each believed that the other still shows it, it would never be deleted."""
    upload = make_upload(status="ready", avatar_of=caller.user_id)
    show(upload, "post")
    as_read = stored(upload)
    purge("post", upload)
    with pytest.raises(Changed), transaction() as write:
        release_avatar(write, as_read, Changed())
    with transaction() as write:
        release_avatar(write, stored(upload), Changed())
    assert stored(upload).expires_at


def test_the_last_post_is_purged_while_a_profile_releases(
    aws: MemoryAws, make_upload: MakeUpload, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = make_upload(status="ready", avatar_of=caller.user_id)
    show(upload, "post")
    delete = Upload.delete

    def delete_too_early(self: Upload, **given: Any) -> None:
        try:
            delete(self, **given)
        finally:
            with transaction() as write:
                release_avatar(write, stored(upload), Changed())

    with monkeypatch.context() as patch:
        patch.setattr(Upload, "delete", delete_too_early)
        with pytest.raises(UploadIsChanging):
            detach(upload.upload_id, "post")
    purge("post", upload)  # the queue delivers it again
    assert Upload.find(upload.upload_id) is None


def test_an_upload_is_shown_in_a_hundred_posts_at_most(
    aws: MemoryAws, make_upload: MakeUpload
) -> None:
    upload = make_upload(status="ready", post_id="p", post_ids={new_id() for _ in range(100)})
    with pytest.raises(UploadInUse):
        show(upload, "one more")


def test_the_last_message_takes_the_upload_with_it(aws: MemoryAws, make_upload: MakeUpload) -> None:
    upload = make_upload(status="ready", purpose="message")
    show(upload, "first", "second")
    for message_id, is_left in (("first", True), ("first", True), ("second", False)):
        unsend(message_id, upload)
        assert (Upload.find(upload.upload_id) is not None) == is_left
