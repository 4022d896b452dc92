"""Pictures from the form to the files that are served."""

import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pillow_heif
import pytest
from botocore.exceptions import ClientError
from PIL import Image

from media import delete_upload, get_upload, on_media_changed, optimize_image, processing
from media.images import rendering
from media.models import Upload
from media.renditions import Rendition
from media.s3_objects import keys_of
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
from tests.support.gateway import LambdaContext
from tests.support.streams import batch, stream_record
from tests.unit.media.samples import SECRET, exif, four_corners, photo

pytestmark = pytest.mark.usefixtures("bucket")


@pytest.fixture
def picture(tmp_path: Path) -> bytes:
    """A JPEG of 800 × 600 full of metadata."""
    return photo(tmp_path / "photo.jpg", size=(800, 600)).read_bytes()


def shown_colour(bucket: Bucket, upload: Upload) -> Any:
    with Image.open(BytesIO(bucket.read(upload.media["variants"]["320"]))) as image:
        return [round(value / 255) for value in image.convert("RGB").getpixel((20, 15))]


def test_the_form_accepts_the_declared_file(bucket: Bucket) -> None:
    form = a_form(a_user(), "image/png", size=len(png()))
    assert post(form, png()).status_code == 204
    assert bucket.read(form["media_url"]) == png()


@pytest.mark.parametrize("data", [png()[:-1], png() + b"\0", b""], ids=["short", "long", "empty"])
def test_the_form_refuses_another_size(bucket: Bucket, data: bytes) -> None:
    form = a_form(a_user(), "image/png", size=len(png()))
    assert post(form, data).status_code == 400
    assert bucket.keys(upload_of(form["upload_id"])) == []


def test_the_form_refuses_more_than_any_image_may_have(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_IMAGE_MB", "1")
    form = a_form(a_user(), "image/png")
    monkeypatch.undo()
    assert form["max_size"] == 1_000_000
    assert post(form, b"a" * 1_000_001).status_code == 400
    assert bucket.keys(upload_of(form["upload_id"])) == []


@pytest.mark.parametrize(
    "fields", [{"Content-Type": "text/html"}, {"key": "media/x/320.jpg"}, {"acl": "public-read"}]
)
def test_the_form_refuses_other_fields(bucket: Bucket, fields: dict[str, str]) -> None:
    form = a_form(a_user(), "image/png")
    assert post(form, png(), **fields).status_code == 403
    assert bucket.keys(upload_of(form["upload_id"])) == []


def test_a_picture_is_shown_in_every_size(bucket: Bucket, picture: bytes) -> None:
    owner = a_user()
    upload = arrive(upload_file(owner, picture, alt_text="Four corners"))
    assert (upload.status, upload.progress, upload.size) == ("ready", 100, len(picture))
    _, shape = call(get_upload.app, owner, path={"upload_id": upload.upload_id})
    assert (shape["width"], shape["height"], shape["alt_text"]) == (800, 600, "Four corners")
    for urls, kind in ((shape["variants"], "image/jpeg"), (shape["variants_webp"], "image/webp")):
        assert list(urls) == ["original", "1080", "640", "320"]
        for url in urls.values():
            answer = httpx.get(url)
            assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
            assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
            assert SECRET not in answer.content
    assert httpx.get(shape["url"].split("?")[0]).status_code == 403


@pytest.mark.parametrize(
    ("kind", "coded", "original"),
    [("HEIF", "image/heic", "image/jpeg"), ("AVIF", "image/avif", "image/jpeg")],
)
def test_heic_and_avif_are_shown_to_every_client(
    bucket: Bucket, kind: str, coded: str, original: str
) -> None:
    pillow_heif.register_heif_opener()
    data = BytesIO()
    four_corners().save(data, kind, exif=exif())
    upload = arrive(upload_file(a_user(), data.getvalue(), coded))
    assert (upload.status, upload.content_type) == ("ready", coded)
    assert bucket.type_of(upload.media["original"]) == original
    for key in keys_of(upload.media):
        assert SECRET not in bucket.read(key)


def test_the_uploaded_file_is_removed(bucket: Bucket, picture: bytes) -> None:
    upload = arrive(upload_file(a_user(), picture))
    assert sorted(bucket.keys(upload)) == sorted(keys_of(upload.media))
    assert sorted(bucket.keys(upload)) == [
        f"media/{upload.upload_id}/{name}"
        for name in (
            "320.jpg",
            "320.webp",
            "640.jpg",
            "640.webp",
            "800.jpg",
            "800.webp",
            "original.jpg",
        )
    ]


def test_the_same_event_again_changes_nothing(bucket: Bucket) -> None:
    upload = arrive(upload_file(a_user(), png(), "image/png"))
    again = arrive(upload)
    assert again.serialize() == upload.serialize()


def test_the_same_event_twice_at_once_ends_well(bucket: Bucket, picture: bytes) -> None:
    upload = upload_file(a_user(), picture)
    with ThreadPoolExecutor(2) as pool:
        events = [pool.submit(deliver, upload, "same") for _ in range(2)]
    # One of them may not find the file any more; Lambda would try it again.
    failures = [error for event in events if (error := event.exception())]
    assert all(isinstance(failure, ClientError) for failure in failures)
    assert arrive(upload, "same").status == "ready"
    assert len(bucket.keys(upload)) == 7


def test_the_same_event_twice_of_which_one_fails_takes_nothing_from_the_other(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = upload_file(a_user(), png(), "image/png")
    store_files = processing._store_files

    def overtaken(upload: Upload, files: list[Rendition]) -> None:
        monkeypatch.setattr(processing, "_store_files", store_files)
        assert arrive(upload).status == "ready"
        store_files(upload, files[1:])
        broken()

    monkeypatch.setattr(processing, "_store_files", overtaken)
    with pytest.raises(OSError, match="full"):
        deliver(upload)
    ready = upload_of(upload.upload_id)
    assert ready.status == "ready"
    assert sorted(bucket.keys(ready)) == sorted(keys_of(ready.media))


def test_of_two_events_at_once_one_is_processed(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other bytes are posted with the same form while the first are processed."""
    upload = upload_file(a_user(), png("red"), "image/png")
    started, may_end, rendered = threading.Event(), threading.Event(), []
    render = rendering.render

    def slow_render(source: Path, into: Path, **bounds: Any) -> Any:
        rendered.append(source.read_bytes())
        started.set()
        assert may_end.wait(30)
        return render(source, into, **bounds)

    monkeypatch.setattr(rendering, "render", slow_render)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(arrive, upload, "first")
        assert started.wait(30)
        bucket.put(upload, png("blue"))
        assert arrive(upload, "second").status == "processing"
        may_end.set()
        ready = first.result()
    assert rendered == [png("red")]
    assert shown_colour(bucket, ready) == [1, 0, 0]
    assert upload.object_key not in bucket.keys(upload)


def test_a_form_used_again_changes_nothing_that_is_shown(bucket: Bucket) -> None:
    form = a_form(a_user(), "image/png")
    assert post(form, png("red")).status_code == 204
    upload = arrive(upload_of(form["upload_id"]), "first")
    assert post(form, png("blue")).status_code == 204
    assert upload.object_key in bucket.keys(upload)
    again = arrive(upload, "second")
    assert again.serialize() == upload.serialize()
    assert shown_colour(bucket, again) == [1, 0, 0]
    assert upload.object_key not in bucket.keys(upload)


def bomb() -> bytes:
    """More than 50 million pixels in a few kilobytes."""
    data = BytesIO()
    Image.new("1", (7100, 7100)).save(data, "PNG")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "content_type", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", "media_type_mismatch"),
        (b"<html><script>alert(1)</script>", "image/jpeg", "media_type_mismatch"),
        (b"no picture at all", "image/jpeg", "media_unreadable"),
        (b"\0\0\0\x18ftypisom\0\0\0\0mp42isom", "image/webp", "media_type_mismatch"),
        (png()[:60], "image/png", "media_unreadable"),
        (b"\0" * 100, "image/gif", "media_unreadable"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic", "media_unreadable"),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "image/avif", "media_unreadable"),
        (bomb(), "image/png", "media_too_many_pixels"),
    ],
    ids=["svg", "html", "text", "other type", "cut", "zeros", "no heic", "no avif", "bomb"],
)
def test_hostile_files_end_as_failed(
    bucket: Bucket, data: bytes, content_type: str, code: str
) -> None:
    owner = a_user()
    upload = arrive(upload_file(owner, data, content_type))
    _, shape = call(get_upload.app, owner, path={"upload_id": upload.upload_id})
    assert (shape["status"], shape["error"]["code"]) == ("failed", code)
    assert shape["error"]["error"]
    assert shape["url"] is None
    assert bucket.keys(upload) == []


def test_a_picture_of_another_type_than_declared(bucket: Bucket) -> None:
    owner = a_user()
    upload = arrive(upload_file(owner, png(), "image/webp"))
    _, shape = call(get_upload.app, owner, path={"upload_id": upload.upload_id})
    assert (shape["status"], shape["content_type"]) == ("ready", "image/png")


def test_a_failed_upload_stays_failed(bucket: Bucket) -> None:
    upload = arrive(upload_file(a_user(), b"no picture", "image/png"), "first")
    bucket.put(upload, png())
    assert arrive(upload, "second").status == "failed"
    assert bucket.keys(upload) == []


def test_a_transient_fault_is_tried_again(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = upload_file(a_user(), png(), "image/png")
    with monkeypatch.context() as patch:
        patch.setattr(rendering, "render", broken)
        with pytest.raises(OSError, match="full"):
            arrive(upload)
    waiting = upload_of(upload.upload_id)
    assert (waiting.status, waiting.attempts) == ("processing", 1)
    assert arrive(upload).status == "ready"


def test_a_permanent_fault_ends_as_failed(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = upload_file(a_user(), png(), "image/png")
    monkeypatch.setattr(rendering, "render", broken)
    for _ in range(3):
        assert upload_of(upload.upload_id).status in ("pending", "processing")
        with pytest.raises(OSError, match="full"):
            arrive(upload)
    failed = upload_of(upload.upload_id)
    assert (failed.status, failed.error_code) == ("failed", "processing_failed")
    assert "full" not in (failed.error or "")
    assert bucket.keys(upload) == []


def broken(*_: Any, **__: Any) -> Any:
    raise OSError("the disk is full")


class Killed(BaseException):
    """The end of the process, which no code can handle."""


def test_a_file_that_kills_its_lambda_ends_as_failed(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = upload_file(a_user(), png(), "image/png")
    rendered = []

    def die(*_: Any, **__: Any) -> Any:
        rendered.append(1)
        raise Killed

    monkeypatch.setattr(rendering, "render", die)
    for _ in range(2):
        with pytest.raises(Killed):
            arrive(upload)
        assert upload_of(upload.upload_id).status == "processing"
    with pytest.raises(Exception, match="could not be processed"):
        arrive(upload)
    failed = upload_of(upload.upload_id)
    assert (failed.status, failed.error_code, len(rendered)) == ("failed", "processing_failed", 2)
    assert bucket.keys(upload) == []


def remove(upload: Upload) -> None:
    """Deliver the stream record of an upload's deletion."""
    event = batch(stream_record(1, old=upload))
    assert on_media_changed.app(event, LambdaContext()) == {"batchItemFailures": []}


def test_deleting_removes_every_object(bucket: Bucket) -> None:
    owner = a_user()
    upload = arrive(upload_file(owner, png(), "image/png"))
    assert bucket.keys(upload)
    path = {"upload_id": upload.upload_id}
    assert call(delete_upload.app, owner, path=path)[0] == 200
    remove(upload)
    assert bucket.keys(upload) == []
    assert call(get_upload.app, owner, path=path)[0] == 404
    remove(upload)


def test_deleted_before_its_event_arrived(bucket: Bucket) -> None:
    owner = a_user()
    upload = upload_file(owner, png(), "image/png")
    call(delete_upload.app, owner, path={"upload_id": upload.upload_id})
    deliver(upload)
    assert bucket.keys(upload) == []


def test_deleted_while_it_is_processed(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = a_user()
    upload = upload_file(owner, png(), "image/png")
    render = rendering.render

    def render_what_is_deleted(source: Path, into: Path, **bounds: Any) -> Any:
        path = {"upload_id": upload.upload_id}
        assert call(delete_upload.app, owner, path=path)[0] == 200
        return render(source, into, **bounds)

    monkeypatch.setattr(rendering, "render", render_what_is_deleted)
    deliver(upload)
    assert Upload.find(upload.upload_id, consistent=True) is None
    assert bucket.keys(upload) == []


def test_optimizing_waits_for_what_has_arrived(bucket: Bucket) -> None:
    owner = a_user()
    form = a_form(owner, "image/png")
    body = {"upload_id": form["upload_id"]}
    status, answer = call(optimize_image.app, owner, body=body)
    assert (status, answer["code"]) == (409, "upload_not_ready")
    assert post(form, png()).status_code == 204
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(call, optimize_image.app, owner, body=body)
        arrive(upload_of(form["upload_id"]))
        status, answer = waiting.result()
    assert (status, len(answer["urls"])) == (200, 4)
    assert [httpx.get(url).status_code for url in answer["urls"]] == [200] * 4


def test_a_turned_photograph_is_shown_upright(bucket: Bucket, tmp_path: Path) -> None:
    data = photo(tmp_path / "turned.jpg", orientation=6, size=(400, 300)).read_bytes()
    upload = arrive(upload_file(a_user(), data))
    assert (upload.media["width"], upload.media["height"]) == (300, 400)


def test_pictures_without_a_turn_keep_their_bytes(bucket: Bucket) -> None:
    data = BytesIO()
    four_corners().save(data, "PNG")
    upload = arrive(upload_file(a_user(), data.getvalue(), "image/png"))
    assert bucket.type_of(upload.media["original"]) == "image/png"
    with Image.open(BytesIO(bucket.read(upload.media["original"]))) as image:
        assert image.convert("RGB").tobytes() == four_corners().tobytes()
