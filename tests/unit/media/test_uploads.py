"""Creating, reading, deleting, attaching and optimizing uploads."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from media import create_upload, delete_upload, get_upload, optimize_image
from media.models import Upload
from media.uploads import attach, find_upload, find_uploads, stored_media, upload_id_of
from shared.access.caller import Caller
from shared.clock import now
from shared.dynamodb.tables import transaction
from shared.errors import UploadInUse, UploadNotFound
from shared.ids import is_id, new_id
from tests.support.memory_aws import MemoryAws
from tests.unit.media.conftest import Call, MakeUpload, picture_of


def policy_of(form: dict[str, Any]) -> list[Any]:
    policy = json.loads(base64.b64decode(form["upload_fields"]["policy"]))
    conditions: list[Any] = policy["conditions"]
    return conditions


def stored(upload_id: str) -> Upload:
    found = Upload.find(upload_id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("asked", "content_type", "kind", "max_size"),
    [
        ({"content_type": "image/jpeg"}, "image/jpeg", "image", 20_000_000),
        ({"type": "image/PNG; charset=binary"}, "image/png", "image", 20_000_000),
        ({"content_type": "image/jpg"}, "image/jpeg", "image", 20_000_000),
        ({"content_type": "video/webm", "type": "image/png"}, "video/webm", "video", 250_000_000),
        ({"content_type": "video/webm", "filename": "a.png"}, "video/webm", "video", 250_000_000),
        ({"filename": "IMG_0042.HEIC"}, "image/heic", "image", 20_000_000),
        ({"filename": "photo.avif"}, "image/avif", "image", 20_000_000),
        ({"type": "", "filename": "photo.heic"}, "image/heic", "image", 20_000_000),
        ({"filename": "a.b.mov"}, "video/quicktime", "video", 250_000_000),
        ({"filename": "clip.m4v"}, "video/mp4", "video", 250_000_000),
    ],
)
def test_a_form_takes_one_file_of_one_type(
    call: Call,
    caller: Caller,
    asked: dict[str, Any],
    content_type: str,
    kind: str,
    max_size: int,
) -> None:
    status, form = call(create_upload.app, body=asked)
    assert status == 201
    key = f"uploads/{kind}/{caller.user_id}/{form['upload_id']}"
    assert is_id(form["upload_id"])
    assert (form["media_url"], form["final_media_url"]) == (key, key)
    assert (form["method"], form["expires_in"], form["max_size"]) == ("POST", 900, max_size)
    assert form["upload_fields"]["key"] == key
    assert form["upload_fields"]["Content-Type"] == content_type
    assert policy_of(form)[:4] == [
        {"Content-Type": content_type},
        ["content-length-range", 1, max_size],
        {"bucket": "hoshi-media-000000000000-us-east-1"},
        {"key": key},
    ]
    upload = stored(form["upload_id"])
    assert (upload.owner_id, upload.status, upload.purpose) == (caller.user_id, "pending", "post")
    assert (upload.kind, upload.content_type, upload.object_key) == (kind, content_type, key)


@pytest.mark.parametrize(
    ("purpose", "kinds"),
    [
        ("post", ["image", "video"]),
        ("story", ["image", "video"]),
        ("message", ["image", "video"]),
        ("reel", ["video"]),
        ("avatar", ["image"]),
        ("group", ["image"]),
        ("thumbnail", ["image"]),
        ("verification", ["image"]),
    ],
)
def test_a_purpose_takes_files_that_can_serve_it(
    call: Call, aws: MemoryAws, purpose: str, kinds: list[str]
) -> None:
    for content_type in ("image/png", "video/mp4"):
        status, body = call(
            create_upload.app, body={"content_type": content_type, "purpose": purpose}
        )
        is_taken = content_type.partition("/")[0] in kinds
        assert status == (201 if is_taken else 415), body
        if not is_taken:
            assert (body["code"], purpose in body["error"]) == ("unsupported_media_type", True)
    assert len(aws.dynamo.items("hoshi-uploads")) == len(kinds)


def test_a_declared_size_is_the_only_one_that_fits(call: Call) -> None:
    _, form = call(create_upload.app, body={"content_type": "image/png", "size": 1234})
    assert ["content-length-range", 1234, 1234] in policy_of(form)


def test_the_old_path_takes_a_query(call: Call, noon: float) -> None:
    query = {"type": "video/mp4", "purpose": "reel", "size": "999", "alt_text": " A cat "}
    status, form = call(create_upload.app, "GET /media/upload-url", query=query)
    upload = stored(form["upload_id"])
    assert status == 200
    assert (upload.purpose, upload.size, upload.alt_text) == ("reel", 999, "A cat")
    assert upload.expires_at == noon + 24 * 3600


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({}, 400, "invalid_input"),
        ({"content_type": ""}, 400, "invalid_input"),
        ({"content_type": "x"}, 415, "unsupported_media_type"),
        ({"content_type": "image/jpeg", "size": 0}, 400, "invalid_input"),
        ({"content_type": "image/jpeg", "size": 20_000_001}, 413, "payload_too_large"),
        ({"content_type": "image/jpeg", "purpose": "banner"}, 400, "invalid_input"),
        ({"content_type": "image/jpeg", "alt_text": "a" * 1001}, 400, "invalid_input"),
        ({"content_type": "video/mp4", "size": 250_000_001}, 413, "payload_too_large"),
        ({"content_type": "image/svg+xml"}, 415, "unsupported_media_type"),
        ({"content_type": "text/html"}, 415, "unsupported_media_type"),
        ({"filename": "page.html"}, 415, "unsupported_media_type"),
        ({"filename": "jpg"}, 415, "unsupported_media_type"),
        ({"filename": "a"}, 415, "unsupported_media_type"),
        ({"filename": "a" * 252 + ".jpg"}, 400, "invalid_input"),
        ({"content_type": "image/jpeg", "size": 20_000_000}, 201, None),
        ({"content_type": "video/mp4", "size": 250_000_000}, 201, None),
    ],
)
def test_bounds_of_a_form(
    call: Call, aws: MemoryAws, asked: dict[str, Any], status: int, code: str | None
) -> None:
    answer = call(create_upload.app, body=asked)
    assert (answer[0], answer[1].get("code")) == (status, code)
    assert len(aws.dynamo.items("hoshi-uploads")) == (status == 201)


def test_the_same_key_gets_the_same_form(call: Call, aws: MemoryAws) -> None:
    asked = {"body": {"content_type": "image/png"}, "headers": {"Idempotency-Key": "once"}}
    first, again = call(create_upload.app, **asked), call(create_upload.app, **asked)
    assert first == again
    assert len(aws.dynamo.items("hoshi-uploads")) == 1


def test_an_upload_that_waits_for_its_file(call: Call, make_upload: MakeUpload) -> None:
    upload = make_upload(alt_text="A rocket")
    status, body = call(get_upload.app, path={"upload_id": upload.upload_id})
    assert status == 200
    assert body["url"].split("?")[0].endswith(f"/{upload.object_key}")
    shown = {name: value for name, value in body.items() if name not in ("url", "expires_at")}
    assert shown == {
        "upload_id": upload.upload_id,
        "type": "image",
        "kind": "image",
        "purpose": "post",
        "status": "pending",
        "progress": 0,
        "content_type": "image/jpeg",
        "size": None,
        "media_url": upload.object_key,
        "error": None,
        "variants": {},
        "variants_webp": {},
        "thumbnail_url": None,
        "preview_url": None,
        "hls_url": None,
        "width": None,
        "height": None,
        "duration": None,
        "blurhash": None,
        "alt_text": "A rocket",
        "created_at": upload.created_at,
    }


def test_a_failed_upload_says_why(call: Call, make_upload: MakeUpload) -> None:
    upload = make_upload(status="failed", error_code="media_too_long", error="It is too long.")
    _, body = call(get_upload.app, path={"upload_id": upload.upload_id})
    assert body["status"] == "failed"
    assert body["error"] == {"code": "media_too_long", "error": "It is too long."}
    assert body["url"] is None


@pytest.mark.parametrize("status", ["pending", "ready"])
def test_others_uploads_are_not_found(call: Call, make_upload: MakeUpload, status: str) -> None:
    upload = make_upload(status=status, owner_id=new_id())
    path = {"upload_id": upload.upload_id}
    assert call(get_upload.app, path=path)[1]["code"] == "upload_not_found"
    assert call(delete_upload.app, path=path)[1]["code"] == "upload_not_found"
    body = {"upload_id": upload.upload_id}
    assert call(optimize_image.app, body=body)[1]["code"] == "upload_not_found"
    assert stored(upload.upload_id).status == status


@pytest.mark.parametrize("upload_id", ["nonsense", "01J9Z3NDEKTSV4RRFFQ69G5FAV"])
def test_unknown_uploads_are_not_found(call: Call, upload_id: str) -> None:
    assert call(get_upload.app, path={"upload_id": upload_id})[0] == 404
    assert call(delete_upload.app, path={"upload_id": upload_id})[0] == 404


def test_an_expired_upload_is_not_found(call: Call, make_upload: MakeUpload) -> None:
    upload = make_upload(expires_at=int(now()))
    assert call(get_upload.app, path={"upload_id": upload.upload_id})[0] == 404


@pytest.mark.parametrize("status", ["pending", "processing", "ready", "failed"])
def test_an_unused_upload_can_be_deleted(call: Call, make_upload: MakeUpload, status: str) -> None:
    path = {"upload_id": make_upload(status=status).upload_id}
    assert call(delete_upload.app, path=path) == (200, {"message": "Upload deleted"})
    assert call(delete_upload.app, path=path)[0] == 404


def test_what_is_in_use_cannot_be_deleted(call: Call, make_upload: MakeUpload) -> None:
    upload = make_upload(status="ready")
    with transaction() as write:
        attach(write, upload, new_id())
    answer = call(delete_upload.app, path={"upload_id": upload.upload_id})
    assert (answer[0], answer[1]["code"]) == (409, "upload_in_use")
    assert stored(upload.upload_id).status == "ready"


def test_a_profile_picture_cannot_be_deleted(
    call: Call, make_upload: MakeUpload, caller: Caller
) -> None:
    upload = make_upload(
        status="ready", purpose="avatar", avatar_of=caller.user_id, expires_at=None
    )
    answer = call(delete_upload.app, path={"upload_id": upload.upload_id})
    assert (answer[0], answer[1]["code"]) == (409, "upload_in_use")
    assert stored(upload.upload_id).avatar_of == caller.user_id


def test_an_attached_upload_does_not_expire_and_names_its_first_post(
    make_upload: MakeUpload,
) -> None:
    upload, first, second = make_upload(status="ready"), new_id(), new_id()
    for post_id in (first, second):
        with transaction() as write:
            attach(write, upload, post_id)
    assert (stored(upload.upload_id).post_id, stored(upload.upload_id).expires_at) == (first, None)


def test_an_unfinished_upload_is_attached_once(make_upload: MakeUpload) -> None:
    upload = make_upload(status="processing", kind="video")
    with transaction() as write:
        attach(write, upload, new_id())
    with pytest.raises(UploadInUse), transaction() as write:
        attach(write, upload, new_id(), otherwise=UploadInUse())


def test_an_upload_that_changed_since_it_was_read_is_not_attached(make_upload: MakeUpload) -> None:
    upload = make_upload(status="processing", kind="video")
    Upload(upload.upload_id).change(Upload.status.set("failed"), condition=Upload.is_there())
    with pytest.raises(UploadInUse), transaction() as write:
        attach(write, upload, new_id(), otherwise=UploadInUse())
    assert stored(upload.upload_id).post_id is None


def test_finding_several(make_upload: MakeUpload, caller: Caller) -> None:
    mine, foreign, old = (
        make_upload(),
        make_upload(owner_id=new_id()),
        make_upload(expires_at=int(now()) - 1),
    )
    ids = [mine.upload_id, foreign.upload_id, old.upload_id, "nonsense"]
    assert list(find_uploads(ids, caller.user_id)) == [mine.upload_id]
    assert find_uploads([], caller.user_id) == {}
    with pytest.raises(UploadNotFound):
        find_upload(foreign.upload_id, caller.user_id)


UPLOAD_ID, OWNER_ID = "01KAEJ7Q9R1S3T5V7W9X1Y3Z5A", "01KAEJ7Q9R1S3T5V7W9X1Y3Z5B"


@pytest.mark.parametrize(
    "text",
    [
        UPLOAD_ID,
        f"uploads/image/{OWNER_ID}/{UPLOAD_ID}",
        f"media/{UPLOAD_ID}/1080.jpg",
        f"https://s3.example.com/bucket/media/{UPLOAD_ID}/1080.jpg?X-Amz-Signature=0",
        f"http://localhost:4566/bucket/uploads/video/{OWNER_ID}/{UPLOAD_ID}?a={OWNER_ID}",
    ],
)
def test_names_of_an_upload(text: str) -> None:
    assert upload_id_of(text) == UPLOAD_ID


@pytest.mark.parametrize(
    "text", ["", "x", "https://example.com/a.jpg", "http://[", UPLOAD_ID.lower()]
)
def test_what_names_no_upload(text: str) -> None:
    assert upload_id_of(text) is None


def test_what_posts_store_of_an_upload(make_upload: MakeUpload) -> None:
    ready, waiting = make_upload(status="ready"), make_upload(status="processing", alt_text="own")
    assert stored_media(ready) == {**picture_of(ready.upload_id), "alt_text": None}
    assert stored_media(ready, "theirs")["alt_text"] == "theirs"
    unfinished = stored_media(waiting)
    assert (unfinished["status"], unfinished["original"]) == ("processing", waiting.object_key)
    assert unfinished["alt_text"] == "own"
    assert stored_media(make_upload(status="failed"))["status"] == "failed"


def test_optimized_sizes_in_their_order(call: Call, make_upload: MakeUpload) -> None:
    upload = make_upload(status="ready")
    status, body = call(optimize_image.app, body={"object_name": upload.object_key})
    assert status == 200
    assert [url.split("?")[0].rpartition("/")[2] for url in body["urls"]] == [
        "original.jpg",
        "500.jpg",
        "500.jpg",
        "320.jpg",
    ]
    assert body["variants"] == dict(
        zip(("original", "1080", "640", "320"), body["urls"], strict=True)
    )
    assert body["upload"]["status"] == "ready"
    assert call(optimize_image.app, body={"upload_id": upload.upload_id}) == (200, body)


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"kind": "video"}, 415, "unsupported_media_type"),
        ({"kind": "video", "status": "ready"}, 415, "unsupported_media_type"),
        (
            {"status": "failed", "error_code": "media_unreadable", "error": "The file is empty."},
            415,
            "unsupported_media_type",
        ),
        (
            {"status": "failed", "error_code": "processing_failed", "error": "It failed."},
            409,
            "upload_not_ready",
        ),
    ],
)
def test_what_cannot_be_optimized(
    call: Call, make_upload: MakeUpload, given: dict[str, Any], status: int, code: str
) -> None:
    upload = make_upload(**given)
    answer = call(optimize_image.app, body={"upload_id": upload.upload_id})
    assert (answer[0], answer[1]["code"]) == (status, code)
    if "error" in given:
        assert answer[1]["error"] == given["error"]


def test_optimizing_an_own_profile_picture(
    call: Call, make_upload: MakeUpload, caller: Caller
) -> None:
    upload = make_upload(
        status="ready", purpose="avatar", avatar_of=caller.user_id, expires_at=None
    )
    body = {"media_url": f"https://s3.example.com/bucket/media/{upload.upload_id}/320.jpg?a=b"}
    status, answer = call(optimize_image.app, body=body)
    assert (status, len(answer["urls"]), answer["upload"]["purpose"]) == (200, 4, "avatar")
    assert call(optimize_image.app, body=body) == (200, answer)


class WhileItWaits:
    """Another Lambda at work: it calls `then` at the third poll."""

    def __init__(self, then: Callable[[], object]) -> None:
        self.then, self.polls = then, 0

    def sleep(self, _: float) -> None:
        self.polls += 1
        if self.polls == 3:
            self.then()


def test_optimizing_waits_until_it_is_rendered(
    call: Call, make_upload: MakeUpload, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = make_upload(status="processing")

    def finish() -> None:
        actions = Upload.status.set("ready"), Upload.media.set(picture_of(upload.upload_id))
        Upload(upload.upload_id).change(*actions, condition=Upload.is_there())

    monkeypatch.setattr(optimize_image, "time", WhileItWaits(finish))
    status, answer = call(optimize_image.app, body={"upload_id": upload.upload_id})
    assert (status, answer["upload"]["status"]) == (200, "ready")


def test_optimizing_does_not_wait_forever(
    call: Call, make_upload: MakeUpload, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = WhileItWaits(lambda: None)
    monkeypatch.setattr(optimize_image, "time", waiting)
    answer = call(
        optimize_image.app, body={"upload_id": make_upload(status="processing").upload_id}
    )
    assert (answer[0], answer[1]["code"]) == (409, "upload_not_ready")
    assert waiting.polls == 50


def test_optimizing_an_upload_that_is_deleted(
    call: Call, make_upload: MakeUpload, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = make_upload(status="processing")
    monkeypatch.setattr(optimize_image, "time", WhileItWaits(Upload(upload.upload_id).delete))
    answer = call(optimize_image.app, body={"upload_id": upload.upload_id})
    assert (answer[0], answer[1]["code"]) == (404, "upload_not_found")


@pytest.mark.parametrize("code", ["403", "404"])
def test_optimizing_does_not_wait_for_a_file_that_was_never_uploaded(
    call: Call, make_upload: MakeUpload, aws: MemoryAws, code: str
) -> None:
    aws.fail("s3.HeadObject", code, status=int(code))
    answer = call(optimize_image.app, body={"upload_id": make_upload().upload_id})
    assert (answer[0], answer[1]["code"]) == (409, "upload_not_ready")
    assert answer[1]["error"] == "The file of this upload has not arrived yet."


@pytest.mark.parametrize(
    ("body", "status"), [({}, 400), ({"media_url": "https://example.com/"}, 404)]
)
def test_optimizing_needs_an_upload(call: Call, body: dict[str, Any], status: int) -> None:
    assert call(optimize_image.app, body=body)[0] == status


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [("image/png", 415), ("image/jpeg", 201), ("image/jpg", 201), ("video/mp4", 415)],
)
def test_a_deployment_may_take_fewer_types(
    call: Call, settings: pytest.MonkeyPatch, content_type: str, expected: int
) -> None:
    settings.setenv("ALLOWED_IMAGE_TYPES", "jpeg,webp")
    settings.setenv("ALLOWED_VIDEO_TYPES", "webm")
    status, _ = call(create_upload.app, body={"content_type": content_type})
    assert status == expected
