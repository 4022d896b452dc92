"""Posts whose files are sent with them, as a form."""

import base64
import json
from typing import Any

import pytest

from infra.local.ministack import MiniStack
from media.models import Upload
from posts import create_post, on_media_ready
from posts.models import Post
from posts.public import author_stats
from shared.access.caller import Caller
from shared.config import config
from tests.integration.posts.world import a_user, consume, event, stored
from tests.support.gateway import LambdaContext, gateway_event

EDGE = "----edge"
JPEG = b"\xff\xd8\xff" + bytes(range(256)) * 8


@pytest.fixture(scope="module", autouse=True)
def s3(foundation: MiniStack) -> Any:
    """The media bucket, without the Lambdas that listen to it."""
    client = foundation.client("s3")
    client.create_bucket(Bucket=config.media_bucket)
    return client


def field(name: str, value: str) -> bytes:
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()


def file(name: str, content: bytes = JPEG, kind: str = "image/jpeg") -> bytes:
    head = f'Content-Disposition: form-data; name="files"; filename="{name}"\r\n'
    return f"{head}Content-Type: {kind}\r\n\r\n".encode() + content


def send(
    who: Caller, *parts: bytes, route: str = "POST /posts", **headers: str
) -> tuple[int, dict[str, Any]]:
    raw = b"".join(f"--{EDGE}\r\n".encode() + part + b"\r\n" for part in parts)
    raw += f"--{EDGE}--\r\n".encode()
    given = gateway_event(
        route,
        caller=who,
        headers={"Content-Type": f"multipart/form-data; boundary={EDGE}", **headers},
        body=base64.b64encode(raw).decode(),
    )
    answer = create_post.app({**given, "isBase64Encoded": True}, LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def ready(who: Caller, post_id: str, upload_id: str) -> None:
    media = stored(upload_id, kind="image")
    consume(
        on_media_ready.app,
        event(
            "media.ready",
            who.user_id,
            upload_id=upload_id,
            owner_id=who.user_id,
            kind="image",
            post_id=post_id,
            media=media,
        ),
    )


def test_a_post_waits_for_all_its_files(s3: Any) -> None:
    author = a_user()
    status, post = send(
        author,
        field("content", "Zwei Bilder ❄"),
        field("visibility", "followers"),
        file("a.jpg"),
        file("b.png", b"\x89PNG" + JPEG, "application/octet-stream"),
    )
    assert status == 201, post
    assert (post["caption"], post["visibility"], post["status"]) == (
        "Zwei Bilder ❄",
        "followers",
        "processing",
    )
    ids = [each["upload_id"] for each in post["media"]]
    for upload_id, kind, content in zip(
        ids, ("image/jpeg", "image/png"), (JPEG, b"\x89PNG" + JPEG), strict=True
    ):
        upload = Upload.find(upload_id, consistent=True)
        assert upload is not None
        assert (upload.owner_id, upload.content_type) == (author.user_id, kind)
        assert (upload.post_id, upload.expires_at) == (post["id"], None)
        found = s3.get_object(Bucket=config.media_bucket, Key=upload.object_key)
        assert found["Body"].read() == content
    assert author_stats(author.user_id) == (1, 0)
    for upload_id, expected in zip(reversed(ids), ("processing", "ready"), strict=True):
        ready(author, post["id"], upload_id)
        stored_post = Post.find(post["id"], consistent=True)
        assert stored_post is not None
        assert stored_post.status == expected


def test_socialhubs_form() -> None:
    route = "POST /api/v1/posts"
    status, answer = send(a_user(), field("content", "Hi"), file("a.jpg"), route=route)
    assert (status, answer["message"]) == (201, "Post created")
    assert answer["post"]["content"] == "Hi"


def test_a_form_without_files_is_a_text_post() -> None:
    status, post = send(a_user(), field("content", "Only words"))
    assert (status, post["status"], post["media"]) == (201, "ready", [])


@pytest.mark.parametrize(
    ("parts", "status", "code"),
    [
        ([file("a.jpg")] * 11, 400, "invalid_input"),
        ([field("content", "")], 400, "invalid_input"),
        ([field("visibility", "friends"), file("a.jpg")], 400, "invalid_input"),
        ([field("is_reel", "true"), file("a.mp4", kind="video/mp4")], 400, "invalid_input"),
        ([field("content", "x" * 2201)], 400, "invalid_input"),
        ([file("a.exe", kind="application/x-msdownload")], 415, "unsupported_media_type"),
        ([file("a.jpg", b"x" * 4_500_001)], 413, "payload_too_large"),
    ],
)
def test_invalid_forms(parts: list[bytes], status: int, code: str) -> None:
    author = a_user()
    answer = send(author, *parts)
    assert (answer[0], answer[1]["code"]) == (status, code)
    assert author_stats(author.user_id) == (0, 0)
    if status == 413:
        assert "/media/upload-url" in answer[1]["error"]


def test_an_idempotency_key_covers_the_files() -> None:
    author, key = a_user(), {"Idempotency-Key": "form"}
    first = send(author, file("a.jpg"), **key)
    assert send(author, file("a.jpg"), **key) == first
    answer = send(author, file("a.jpg", JPEG + b"!"), **key)
    assert answer[1]["code"] == "idempotency_key_reused"
    assert author_stats(author.user_id) == (1, 0)
