"""Pictures and videos for their owner and their viewers, from the form to the last byte."""

import json
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.client import Person, Socket, wait_for
from tests.e2e.conftest import STACK, Deployed
from tests.e2e.test_least_privilege import as_service, refusal
from tests.e2e.test_walking_skeleton import follow

BUCKET = f"{STACK}-media-000000000000-us-east-1"
CACHE = "private, max-age=31536000, immutable"
KINDS = ("image", "video")
VIDEO_PATIENCE = 180.0  # seconds


def objects(stack: Deployed, owner: Person, upload_id: str) -> list[str]:
    """All objects of an upload in the bucket: the uploaded file and its renditions."""
    s3, found = stack.client("s3"), []
    for prefix in (f"media/{upload_id}/", *(f"uploads/{kind}/{owner.id}" for kind in KINDS)):
        answer = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
        found += [each["Key"] for each in answer.get("Contents", [])]
    return [key for key in found if upload_id in key]


def frames_until(
    socket: Socket, event: str, upload_id: str, patience: float = 60
) -> list[dict[str, Any]]:
    """The frames about an upload on a socket, up to the frame of this kind, which must be the
    last."""
    while socket.wait_for(event, patience)["data"]["upload_id"] != upload_id:
        pass
    frames = [frame for frame in socket.frames if upload_id in json.dumps(frame)]
    assert {frame["event"] for frame in frames[:-1]} == {"media.progress"}
    return frames


def outcomes(stack: Deployed, upload_id: str) -> list[str]:
    """The outcome of each attempt at an upload, from the log."""
    lines = map(json.loads, stack.log_lines(upload_id))
    return [line["outcome"] for line in lines if "outcome" in line]


def test_a_picture_from_its_form_to_its_end(
    stack: Deployed, alice: Person, bob: Person, photograph: Path
) -> None:
    with alice.socket() as socket, bob.socket() as other:
        upload_id = alice.upload(photograph, "image/jpeg")
        frames = frames_until(socket, "media.ready", upload_id)
        assert frames[0]["data"] == {
            "upload_id": upload_id,
            "progress": 0,
            "status": "processing",
        }
        pushed = frames[-1]["data"]["upload"]
        bob.upload(photograph, "image/jpeg")
        other.wait_for("media.ready")
        assert upload_id not in json.dumps(other.frames), "it is pushed to its owner alone"
    upload = alice.get(f"/media/uploads/{upload_id}")
    assert without_urls(pushed) == without_urls(upload)
    assert (upload["status"], upload["progress"], upload["error"]) == ("ready", 100, None)
    for kind, urls in (("jpeg", upload["variants"]), ("webp", upload["variants_webp"])):
        sizes = []
        for name in ("original", "1080", "640", "320"):
            fetched = httpx.get(urls[name], timeout=30)
            assert fetched.status_code == 200, f"{kind} {name}: {fetched.text}"
            assert fetched.headers["content-type"] == f"image/{kind}"
            assert fetched.headers["cache-control"] == CACHE
            sizes.append(int(fetched.headers["content-length"]))
            assert sizes[-1] == len(fetched.content)
        assert sizes == sorted(sizes, reverse=True), "each size is smaller than the one before"
    for method in ("GET", "DELETE"):
        assert bob.call(method, f"/media/uploads/{upload_id}").status_code == 404
    for body in ({"upload_ids": [upload_id]}, {"media_urls": [upload["media_url"]]}):
        refused = bob.expect(404, "POST", "/posts", {"caption": "Mine", **body})
        assert refused["code"] == "upload_not_found"

    kept = objects(stack, alice, upload_id)
    assert kept
    assert all(key.startswith("media/") for key in kept), "the uploaded file is removed"
    alice.expect(200, "DELETE", f"/media/uploads/{upload_id}")
    wait_for(lambda: not objects(stack, alice, upload_id), "the objects to go")
    assert alice.call("GET", f"/media/uploads/{upload_id}").status_code == 404
    assert httpx.get(upload["url"], timeout=30).status_code in (403, 404)


def without_urls(shape: dict[str, Any]) -> dict[str, Any]:
    """A shape without its URLs, which two Lambdas sign differently."""
    signed = ("url", "variants", "variants_webp", "thumbnail_url", "preview_url", "hls_url")
    return {name: value for name, value in shape.items() if name not in signed}


def test_a_video_is_played_by_ranges(stack: Deployed, alice: Person, clip: Path) -> None:
    with alice.socket() as socket:
        upload_id = alice.upload(clip, "video/mp4", purpose="reel")
        frames = frames_until(socket, "media.ready", upload_id, VIDEO_PATIENCE)
    steps = [frame["data"]["progress"] for frame in frames[:-1]]
    assert steps[0] == 0
    assert steps == sorted(steps), "it never falls"
    upload = alice.get(f"/media/uploads/{upload_id}")
    for name, kind in (("thumbnail_url", "image/jpeg"), ("preview_url", "image/webp")):
        assert httpx.get(upload[name], timeout=30).headers["content-type"] == kind

    url = upload["variants"]["360p"]
    whole = httpx.get(url, timeout=30)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["cache-control"] == CACHE
    assert whole.headers["accept-ranges"] == "bytes"
    size = len(whole.content)
    for asked, first, last in (
        ("bytes=0-99", 0, 99),
        ("bytes=-100", size - 100, size - 1),
        (f"bytes={size - 10}-", size - 10, size - 1),
    ):
        part = httpx.get(url, headers={"Range": asked}, timeout=30)
        assert (part.status_code, part.content) == (206, whole.content[first : last + 1])
        assert part.headers["content-range"] == f"bytes {first}-{last}/{size}"
    behind = httpx.get(url, headers={"Range": f"bytes={size}-"}, timeout=30)
    assert behind.status_code == 416
    assert httpx.head(url, timeout=30).status_code == 403, "it is signed for GET alone"

    post = alice.expect(201, "POST", "/posts", {"is_reel": True, "upload_ids": [upload_id]})
    refused = alice.expect(409, "DELETE", f"/media/uploads/{upload_id}")
    assert refused["code"] == "upload_in_use"
    alice.expect(200, "DELETE", f"/posts/{post['id']}")
    assert objects(stack, alice, upload_id), "a deleted post can be restored"
    refused = alice.expect(409, "DELETE", f"/media/uploads/{upload_id}")
    assert refused["code"] == "upload_in_use"


def test_a_video_that_is_deleted_while_it_is_processed(
    stack: Deployed, alice: Person, clip: Path
) -> None:
    with alice.socket() as socket:
        upload_id = alice.upload(clip, "video/mp4")
        socket.wait_for("media.progress", VIDEO_PATIENCE)
        alice.expect(200, "DELETE", f"/media/uploads/{upload_id}")
    assert alice.call("GET", f"/media/uploads/{upload_id}").status_code == 404
    # Whether it was deleted in time or just after the last byte, no object is left.
    wait_for(lambda: outcomes(stack, upload_id), "the work to end", VIDEO_PATIENCE)
    wait_for(lambda: not objects(stack, alice, upload_id), "the objects to go")


def test_a_file_that_is_not_a_picture_fails(stack: Deployed, alice: Person) -> None:
    with alice.socket() as socket:
        upload_id = alice.upload(b"<html>not a picture</html>", "image/png")
        frames = frames_until(socket, "media.failed", upload_id)
    upload = alice.get(f"/media/uploads/{upload_id}")
    assert (upload["status"], upload["error"]["code"]) == ("failed", "media_type_mismatch")
    assert upload["error"] == frames[-1]["data"]["upload"]["error"]
    assert objects(stack, alice, upload_id) == []
    refused = alice.expect(409, "POST", "/posts", {"caption": "!", "upload_ids": [upload_id]})
    assert refused["code"] == "upload_not_ready"


def test_a_viewer_who_lost_access_to_a_post_gets_no_url_of_it(
    alice: Person, bob: Person, photograph: Path
) -> None:
    follow(bob, alice)
    upload_id = alice.upload(photograph, "image/jpeg")
    alice.processed(upload_id)
    post = alice.expect(
        201, "POST", "/posts", {"caption": "Look #closer", "upload_ids": [upload_id]}
    )
    path = f"/posts/{post['id']}"
    bob.expect(200, "POST", "/collections/default/save", {"post_id": post["id"]})
    routes = (
        path,
        "/feed/home",
        "/feed/explore?limit=100",
        f"/users/{alice.username}/posts",
        "/hashtags/closer/posts",
        "/collections/default",
        "/collections",
    )

    def shown(person: Person) -> list[str]:
        return [route for route in routes if upload_id in person.call("GET", route).text]

    expected = {path, "/feed/home", "/collections", "/collections/default"}
    wait_for(lambda: expected <= {*shown(bob)}, "the post to be visible everywhere")
    alice.expect(200, "PATCH", path, {"visibility": "private"})
    assert shown(bob) == [], "on the very next request"
    assert bob.call("GET", f"/media/uploads/{upload_id}").status_code == 404
    assert path in shown(alice)


def test_media_may_list_only_its_own_files(stack: Deployed) -> None:
    media, posts = (as_service(stack, service, "s3") for service in ("media", "posts"))
    media.list_objects_v2(Bucket=BUCKET, Prefix="media/x/")
    for client, prefix in ((media, "uploads/"), (media, ""), (posts, "media/x/")):
        code = refusal(client.list_objects_v2, Bucket=BUCKET, Prefix=prefix)
        assert code == "AccessDenied"
