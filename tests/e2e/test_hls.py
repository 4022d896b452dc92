"""A reel in an adaptive player: from the shape Media to video frames, without a token."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.client import Api, Person, wait_for
from tests.e2e.conftest import Deployed
from tests.support.player import Answer, Relay, decoded, relay
from tests.unit.media.samples import H264, picture
from tests.unit.media.samples import clip as clip_of


def playlist(api: Api, url: str) -> httpx.Response:
    """Fetch a playlist as a player does. (Python does not know the host that the URL names.)"""
    assert url.startswith(f"{api.url}/")
    return api.call("GET", url.removeprefix(api.url))


@contextmanager
def player(stack: Deployed) -> Iterator[Relay]:
    """A server with the playlists of the deployed API and the objects of its bucket."""

    def fetch(path: str) -> Answer:
        answer = stack.api.call("GET", path)
        return answer.status_code, answer.headers, answer.content

    with relay(stack.endpoint, fetch) as made:
        yield made


def test_a_reel_is_played_in_segments(
    stack: Deployed, alice: Person, bob: Person, clip: Path, tmp_path: Path
) -> None:
    api = stack.api
    upload_id = alice.upload(clip, "video/mp4", purpose="reel")
    body = {"caption": "In segments", "upload_ids": [upload_id], "is_reel": True}
    post_id = alice.expect(201, "POST", "/posts", body)["id"]
    assert alice.processed(upload_id, patience=240)["status"] == "ready"

    def shown() -> dict[str, Any] | None:
        post = bob.call("GET", f"/posts/{post_id}").json()
        return dict(post["media"][0]) if post.get("status") == "ready" else None

    video = wait_for(shown, "the reel to be ready")
    assert video
    master = playlist(api, video["hls_url"])
    assert master.status_code == 200
    assert master.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert master.headers["access-control-allow-origin"] == "*"
    assert "x-ratelimit-limit" not in master.headers

    smallest = tmp_path / "360p.mp4"
    smallest.write_bytes(httpx.get(video["variants"]["360p"]).content)
    with player(stack) as server:
        path = video["hls_url"].removeprefix(f"{stack.api.url}/")
        played = decoded(f"{server.url}/{path}", 2)
        assert server.ranges
    assert len(played[0]) == 132
    assert played == decoded(smallest)

    # A script of another origin may ask for a range, and read the headers about it.
    origin = {"Origin": "https://hoshi.example.com"}
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range"}
    assert httpx.options(video["url"], headers=origin | asked).status_code == 200
    part = httpx.get(video["url"], headers=origin | {"Range": "bytes=0-99"})
    assert (part.status_code, len(part.content)) == (206, 100)
    assert "Content-Range" in part.headers["access-control-expose-headers"]

    tampered = video["hls_url"].replace("expires=", "expires=1")
    assert playlist(api, tampered).status_code == 404
    answer = playlist(api, video["hls_url"].replace(upload_id, post_id))
    assert (answer.status_code, answer.json()["code"]) == (404, "upload_not_found")


def test_a_deleted_video_cannot_be_played(stack: Deployed, alice: Person, tmp_path: Path) -> None:
    a_second = clip_of(tmp_path / "clip.mp4", *picture("160x120", 1), *H264)
    upload = alice.processed(alice.upload(a_second, "video/mp4"), patience=240)
    assert playlist(stack.api, upload["hls_url"]).status_code == 200
    alice.expect(200, "DELETE", f"/media/uploads/{upload['upload_id']}")
    assert playlist(stack.api, upload["hls_url"]).status_code == 404
