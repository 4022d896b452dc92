"""No object of an upload stays in the bucket once nothing shows it, in any order of events."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.orphans import remove_orphans
from media import (
    delete_upload,
    on_media_changed,
    on_post_purged,
    on_user_erased,
    processing,
    s3_objects,
)
from media.holds import hold, release
from media.images import rendering
from media.models import Upload
from media.pictures import release_avatar, take_as_avatar
from media.renditions import Rendition
from media.s3_objects import ObjectsRemain, object_key
from media.uploads import attach
from shared.clock import now
from shared.config import config
from shared.dynamodb.tables import transaction
from shared.ids import new_id
from tests.integration.media.conftest import (
    Bucket,
    a_form,
    a_user,
    arrive,
    call,
    deliver,
    png,
    post,
    upload_file,
    upload_of,
)
from tests.integration.posts import world
from tests.support.erasing import erase
from tests.unit.media.samples import H264, clip, picture, sound

pytestmark = pytest.mark.usefixtures("bucket")


def sweep(upload: Upload) -> None:
    """Deliver all records of the upload in the stream."""
    world.deliver(on_media_changed.app, world.stream_records("uploads", upload.upload_id))


def show(upload: Upload, *posts: str) -> None:
    for post_id in posts:
        with transaction() as write:
            attach(write, upload_of(upload.upload_id), post_id)


def purge(post_id: str, *uploads: Upload) -> None:
    ids = [upload.upload_id for upload in uploads]
    purged = world.event("post.purged", "a", post_id=post_id, author_id="a", upload_ids=ids)
    world.consume(on_post_purged.app, purged)


def is_gone(upload: Upload) -> bool:
    return Upload.find(upload.upload_id, consistent=True) is None


IMAGES = ["post", "story", "message", "avatar", "group", "thumbnail", "verification"]


@pytest.mark.parametrize("purpose", IMAGES)
def test_an_unused_picture_goes_with_all_its_sizes(bucket: Bucket, purpose: str) -> None:
    owner = a_user()
    upload = arrive(upload_file(owner, png(), "image/png", purpose=purpose))
    assert len(bucket.keys(upload)) > 2
    path = {"upload_id": upload.upload_id}
    assert call(delete_upload.app, owner, path=path)[0] == 200
    for _ in range(2):  # records may be delivered twice
        sweep(upload)
        assert bucket.keys(upload) == []


def test_what_a_report_shows_outlives_the_upload_and_goes_with_the_report(bucket: Bucket) -> None:
    owner = a_user()
    upload = arrive(upload_file(owner, png(), "image/png"))
    shown = [key for key in bucket.keys(upload) if key != upload.object_key]
    for report_id in ("first", "second"):
        with transaction() as write:
            hold(write, [upload.upload_id], report_id)
    path = {"upload_id": upload.upload_id}
    assert call(delete_upload.app, owner, path=path)[0] == 200
    sweep(upload)
    assert bucket.keys(upload) == shown
    for report_id, left in (("first", shown), ("second", [])):
        release([upload.upload_id], report_id)
        records = world.stream_records("held-uploads", upload.upload_id)
        world.deliver(on_media_changed.app, records[-1:])
        assert bucket.keys(upload) == left


def test_a_reel_goes_with_its_sizes_poster_and_preview(bucket: Bucket, tmp_path: Path) -> None:
    source = clip(tmp_path / "short.mp4", *picture("160x90"), *sound(), *H264, "-shortest")
    upload = arrive(upload_file(a_user(), source.read_bytes(), "video/mp4", purpose="reel"))
    made = bucket.keys(upload)
    assert upload.media["variants"]["360p"] in made
    show(upload, "reel")
    purge("reel", upload)
    sweep(upload)
    assert bucket.keys(upload) == []


def test_what_another_post_shows_stays(bucket: Bucket) -> None:
    upload = arrive(upload_file(a_user(), png(), "image/png"))
    made = bucket.keys(upload)
    show(upload, "first", "second")
    for _ in range(2):
        purge("first", upload)
        sweep(upload)
        assert bucket.keys(upload) == made
    for _ in range(2):
        purge("second", upload)
        sweep(upload)
        assert bucket.keys(upload) == []


def test_what_a_profile_shows_stays(bucket: Bucket) -> None:
    upload = arrive(upload_file(a_user(), png(), "image/png", purpose="avatar"))
    made = bucket.keys(upload)
    with transaction() as write:
        take_as_avatar(write, upload, AssertionError())
    show(upload, "post")
    purge("post", upload)
    sweep(upload)
    assert bucket.keys(upload) == made
    with transaction() as write:
        release_avatar(write, upload_of(upload.upload_id), AssertionError())
    assert upload_of(upload.upload_id).expires_at, (
        "TTL deletes it, and the stream removes its files"
    )


def erase_account(upload: Upload) -> None:
    erase(on_user_erased.app, upload.owner_id)


def delete_it(upload: Upload) -> None:
    upload.delete()


ENDS = [erase_account, delete_it]


@pytest.mark.parametrize("end", ENDS)
def test_an_account_takes_what_its_posts_show_with_it(
    bucket: Bucket, end: Callable[[Upload], None]
) -> None:
    upload = arrive(upload_file(a_user(), png(), "image/png"))
    show(upload, "post")
    end(upload)
    sweep(upload)
    purge("post", upload)  # the post is purged later
    sweep(upload)
    assert is_gone(upload)
    assert bucket.keys(upload) == []


@pytest.mark.parametrize("end", ENDS)
def test_gone_before_its_file_came(bucket: Bucket, end: Callable[[Upload], None]) -> None:
    form = a_form(a_user(), "image/png")
    upload = upload_of(form["upload_id"])
    end(upload)
    sweep(upload)
    assert post(form, png()).status_code == 204
    deliver(upload)
    assert bucket.keys(upload) == []


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("order", ["stream first", "worker first"])
def test_gone_while_it_is_processed(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, end: Callable[[Upload], None], order: str
) -> None:
    upload = upload_file(a_user(), png(), "image/png")
    render = rendering.render

    def render_what_is_gone(source: Path, into: Path, **bounds: Any) -> Any:
        made = render(source, into, **bounds)
        end(upload)
        if order == "stream first":
            sweep(upload)
        return made

    monkeypatch.setattr(rendering, "render", render_what_is_gone)
    deliver(upload)
    assert is_gone(upload)
    assert bucket.keys(upload) == []
    sweep(upload)
    assert bucket.keys(upload) == []


class Killed(BaseException):
    """The end of the process, which no code can handle."""


@pytest.fixture
def kill_when_all_is_stored(monkeypatch: pytest.MonkeyPatch) -> Callable[[Upload], None]:
    """Kill the work on an upload after the last file is stored, before it is recorded as ready."""

    def kill(upload: Upload) -> None:
        def killed(*_: Any) -> None:
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(processing, "_finish", killed)
            with pytest.raises(Killed):
                deliver(upload)

    return kill


@pytest.mark.parametrize("end", ENDS)
def test_gone_after_its_worker_was_killed(
    bucket: Bucket, kill_when_all_is_stored: Callable[[Upload], None], end: Callable[[Upload], None]
) -> None:
    """Its record does not name its renditions; the bucket does."""
    upload = upload_file(a_user(), png(), "image/png")
    kill_when_all_is_stored(upload)
    assert len(bucket.keys(upload)) > 2
    assert upload_of(upload.upload_id).media is None
    end(upload)
    sweep(upload)
    assert bucket.keys(upload) == []
    deliver(upload)  # Lambda tries again
    assert bucket.keys(upload) == []


def test_its_worker_is_killed_after_it_was_deleted(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = upload_file(a_user(), png(), "image/png")

    def killed(*_: Any) -> None:
        upload.delete()
        sweep(upload)
        bucket.s3.put_object(
            Bucket=config.media_bucket,
            Key=f"media/{upload.upload_id}/320.jpg",
            Body=b"stored last",
        )
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(processing, "_finish", killed)
        with pytest.raises(Killed):
            deliver(upload)
    assert bucket.keys(upload)
    deliver(upload)  # Lambda tries again
    assert bucket.keys(upload) == []


def test_a_failed_upload_leaves_nothing_of_earlier_attempts(
    bucket: Bucket, kill_when_all_is_stored: Callable[[Upload], None]
) -> None:
    owner = a_user()
    upload = upload_file(owner, png(), "image/png")
    for _ in range(2):
        kill_when_all_is_stored(upload)
    with pytest.raises(Exception, match="could not be processed"):
        deliver(upload)
    assert upload_of(upload.upload_id).status == "failed"
    assert bucket.keys(upload) == []


def test_a_last_attempt_that_fails_after_the_deletion(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = upload_file(a_user(), png(), "image/png")
    upload.change(Upload.attempts.set(2), condition=Upload.is_there())

    def store_and_fail(upload: Upload, file: Rendition) -> None:
        key = object_key(upload, file)
        bucket.s3.put_object(Bucket=config.media_bucket, Key=key, Body=b"stored")
        raise OSError("no connection")

    def delete_and_store(upload: Upload, files: Any) -> None:
        upload_of(upload.upload_id).delete()
        sweep(upload)
        store_files(upload, files)

    store_files = processing._store_files
    monkeypatch.setattr(processing, "_store_files", delete_and_store)
    monkeypatch.setattr(processing, "_store_file", store_and_fail)
    with pytest.raises(OSError, match="no connection"):
        deliver(upload)
    assert is_gone(upload)
    assert bucket.keys(upload) == []


def test_a_file_of_an_expired_upload_is_removed(bucket: Bucket) -> None:
    """TTL may delete two days late."""
    upload = upload_file(a_user(), png(), "image/png")
    Upload(upload.upload_id).change(
        Upload.expires_at.set(int(now()) - 1), condition=Upload.is_there()
    )
    deliver(upload)
    assert upload_of(upload.upload_id).status == "pending"
    assert bucket.keys(upload) == []


@pytest.mark.parametrize("name", ["01KAEJ7Q9R1S3T5V7W9X1Y3Z5A", "no-upload"])
def test_a_file_without_an_upload_is_removed(bucket: Bucket, name: str) -> None:
    stray = Upload(name, kind="image", object_key=f"uploads/image/{new_id()}/{name}")
    bucket.put(stray, png())
    deliver(stray)
    assert bucket.keys(stray) == []


def test_a_file_under_another_key_touches_no_upload(bucket: Bucket) -> None:
    upload = arrive(upload_file(a_user(), png(), "image/png"))
    made = bucket.keys(upload)
    other = Upload(
        upload.upload_id, kind="image", object_key=f"uploads/image/{new_id()}/{upload.upload_id}"
    )
    bucket.put(other, png("blue"))
    deliver(other)
    assert bucket.keys(upload) == made
    assert other.object_key not in bucket.keys(other)


def test_what_cannot_be_removed_now_is_removed_later(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By way of the failure queue, whose dead-letter queue raises an alarm."""
    upload = arrive(upload_file(a_user(), png(), "image/png"))
    upload.delete()

    def refuse(*_: Any) -> None:
        raise ObjectsRemain

    with monkeypatch.context() as patch:
        patch.setattr(s3_objects, "remove_objects", refuse)
        sweep(upload)
    assert bucket.keys(upload)
    messages = world.take("media-failures", lambda job: upload.upload_id in str(job))
    world.consume(on_media_changed.app, *(message["body"] for message in messages))
    assert bucket.keys(upload) == []


def test_many_files_go_in_several_calls(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_objects, "_BATCH", 3)
    uploads = [arrive(upload_file(a_user(), png(), "image/png")) for _ in range(2)]
    other = arrive(upload_file(a_user(), png(), "image/png"))
    s3_objects.remove_uploads({each.upload_id: each.object_key for each in uploads})
    assert [bucket.keys(each) for each in uploads] == [[], []]
    assert bucket.keys(other)


def test_files_that_no_stream_removed_are_found(bucket: Bucket) -> None:
    """Items were deleted without a stream record: as on MiniStack, or when records are lost."""
    shown, lost = (arrive(upload_file(a_user(), png(), "image/png")) for _ in range(2))
    waiting, never_made = (upload_file(a_user(), png(), "image/png") for _ in range(2))
    kept = bucket.keys(shown), bucket.keys(waiting)
    for upload in (lost, never_made):
        upload.delete()
    assert remove_orphans() >= 2
    assert (bucket.keys(lost), bucket.keys(never_made)) == ([], [])
    assert (bucket.keys(shown), bucket.keys(waiting)) == kept
    assert remove_orphans() == 0
