"""Two people, one photograph, one reel, one message: all the way through the deployed stack."""

import io
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.e2e.client import Person, wait_for


def follow(follower: Person, followed: Person) -> None:
    follower.expect(200, "POST", f"/users/{followed.username}/follow")


def post_photograph(author: Person, photograph: Path, caption: str = "Look!") -> dict[str, object]:
    upload = author.processed(author.upload(photograph, "image/jpeg"))
    assert upload["status"] == "ready", upload
    post = author.expect(
        201, "POST", "/posts", {"caption": caption, "upload_ids": [upload["upload_id"]]}
    )
    return dict(post)


def home_ids(person: Person) -> list[str]:
    return [post["id"] for post in person.get("/feed/home")["posts"]]


def test_a_photograph_reaches_the_followers_home_feed(
    alice: Person, bob: Person, photograph: Path
) -> None:
    follow(bob, alice)
    post = post_photograph(alice, photograph)

    assert post["id"] in home_ids(alice), "authors see their own posts at once"
    wait_for(lambda: post["id"] in home_ids(bob), "the post in the follower's home feed")
    [listed] = [each for each in bob.get("/feed/home")["posts"] if each["id"] == post["id"]]
    [media] = listed["media"]
    # The photograph is 1411 × 1200 and to be rotated by 90°.
    assert (media["width"], media["height"]) == (1200, 1411)
    assert media["blurhash"]
    assert set(media["variants"]) == {"original", "1080", "640", "320"}
    for name, url in media["variants"].items():
        fetched = httpx.get(url, timeout=30)
        assert fetched.status_code == 200, f"{name}: {fetched.text}"
        with Image.open(io.BytesIO(fetched.content)) as image:
            assert image.format == "JPEG"
            assert not image.getexif(), f"{name} still has EXIF"
            width = 1200 if name == "original" else int(name)
            assert image.size == (width, round(width * 1411 / 1200))
    for name, url in media["variants_webp"].items():
        with Image.open(io.BytesIO(httpx.get(url, timeout=30).content)) as image:
            assert image.format == "WEBP", name

    bob.expect(200, "DELETE", f"/users/{alice.username}/follow")
    wait_for(lambda: post["id"] not in home_ids(bob), "the post to leave the home feed")


def test_following_adds_earlier_posts_to_the_feed(
    alice: Person, bob: Person, photograph: Path
) -> None:
    post = post_photograph(alice, photograph)
    follow(bob, alice)
    wait_for(lambda: post["id"] in home_ids(bob), "the older post in the new follower's feed")


def test_the_photograph_cannot_be_fetched_without_a_signed_url(
    alice: Person, photograph: Path
) -> None:
    post = post_photograph(alice, photograph)
    url = str(post["media"][0]["url"])  # type: ignore[index]
    assert httpx.get(url, timeout=30).status_code == 200
    assert httpx.get(url.partition("?")[0], timeout=30).status_code == 403


def test_a_deleted_post_is_gone_for_everyone(alice: Person, bob: Person, photograph: Path) -> None:
    follow(bob, alice)
    post = post_photograph(alice, photograph)
    wait_for(lambda: post["id"] in home_ids(bob), "the post in the follower's home feed")
    assert bob.call("DELETE", f"/posts/{post['id']}").status_code == 403
    alice.expect(200, "DELETE", f"/posts/{post['id']}")
    assert bob.call("GET", f"/posts/{post['id']}").status_code == 404
    assert post["id"] not in home_ids(bob)
    assert post["id"] not in home_ids(alice)


def test_profiles_count_posts_and_followers(alice: Person, bob: Person, photograph: Path) -> None:
    follow(bob, alice)
    post_photograph(alice, photograph)
    profile = wait_for(
        lambda: (
            (shown := bob.get(f"/users/{alice.username}"))["follower_count"] == 1
            and shown["post_count"] == 1
            and shown
        ),
        "one follower and one post in the profile",
    )
    assert profile["follow_status"] == "approved"
    assert "email" not in profile
    assert alice.get("/profile")["email"] == alice.email
    wait_for(lambda: bob.get("/profile")["following_count"] == 1, "the follow to be counted")


def test_a_reel_becomes_playable_in_three_sizes(alice: Person, bob: Person, clip: Path) -> None:
    follow(bob, alice)
    upload_id = alice.upload(clip, "video/mp4", purpose="reel")
    # Posted at once, whether or not it has been processed.
    post = wait_for(
        lambda: (
            (
                answer := alice.call(
                    "POST",
                    "/posts",
                    {"caption": "A rabbit", "is_reel": True, "upload_ids": [upload_id]},
                )
            ).status_code
            == 201
            and answer.json()
        ),
        "the upload to be known as a video",
    )
    if post["status"] == "processing":
        assert bob.call("GET", f"/posts/{post['id']}").status_code == 404
    reel = wait_for(
        lambda: (shown := alice.get(f"/posts/{post['id']}"))["status"] == "ready" and shown,
        "the reel to be ready",
        patience=180,
    )
    [media] = reel["media"]
    assert media["type"] == "video"
    assert media["duration"] == pytest.approx(5.28, abs=0.2)
    assert set(media["variants"]) == {"720p", "480p", "360p"}
    for name, url in media["variants"].items():
        assert streams_of(httpx.get(url, timeout=60).content) == {
            "width": round(int(name[:-1]) * 16 / 9 / 2) * 2,
            "height": int(name[:-1]),
            "sound": True,
        }
    with Image.open(io.BytesIO(httpx.get(media["thumbnail_url"], timeout=30).content)) as poster:
        assert poster.format == "JPEG"
    wait_for(lambda: post["id"] in home_ids(bob), "the reel in the follower's home feed")


def streams_of(content: bytes) -> dict[str, object]:
    """Width, height and sound of a video, found as a player does: by decoding it."""
    import subprocess
    import tempfile

    import imageio_ffmpeg

    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(content)
        file.flush()
        decoded = subprocess.run(
            [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", file.name, "-f", "null", "-"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert decoded.returncode == 0, decoded.stderr
        assert not decoded.stderr
        reader = imageio_ffmpeg.read_frames(file.name)
        meta = next(reader)
        reader.close()
    width, height = meta["size"]
    return {"width": width, "height": height, "sound": bool(meta.get("audio_codec"))}


def test_a_message_arrives_on_the_other_socket_and_in_the_history(
    alice: Person, bob: Person
) -> None:
    room = alice.expect(201, "POST", "/conversations", {"participant_ids": [bob.id]})["id"]
    again = alice.expect(200, "POST", "/conversations", {"participant_ids": [bob.id]})["id"]
    assert again == room, "two people have one conversation"
    with alice.socket() as sender, bob.socket() as receiver:
        frame = {
            "action": "send_message",
            "request_id": "r1",
            "conversation_id": room,
            "content": "Hello, you!",
            "client_message_id": "m1",
        }
        sender.send(frame)
        answer = sender.wait_for("new_message")
        received = receiver.wait_for("new_message")
        assert answer["request_id"] == "r1"
        assert received["data"]["content"] == "Hello, you!"
        assert received["data"]["sender_id"] == alice.id
        assert received["data"]["conversation_id"] == room
        # A message that is sent again is the first one.
        sender.send(frame | {"request_id": "r2"})
        assert sender.wait_for("new_message")["data"]["id"] == answer["data"]["id"]
    history = bob.get(f"/conversations/{room}/messages")["messages"]
    assert [message["content"] for message in history] == ["Hello, you!"]


def test_only_members_can_see_a_conversation(alice: Person, bob: Person, api: object) -> None:
    from tests.e2e.client import join

    eve = join(alice.api, "eve")
    room = alice.expect(201, "POST", "/conversations", {"participant_ids": [bob.id]})["id"]
    answer = eve.call("GET", f"/conversations/{room}/messages")
    assert (answer.status_code, answer.json()["code"]) == (404, "conversation_not_found")
    with eve.socket() as socket:
        socket.send({"action": "send_message", "conversation_id": room, "content": "Hi"})
        assert socket.wait_for("error")["data"]["code"] == "conversation_not_found"


def test_a_like_is_pushed_to_the_socket_and_listed(
    alice: Person, bob: Person, photograph: Path
) -> None:
    post = post_photograph(alice, photograph)
    with alice.socket() as socket:
        assert bob.expect(200, "POST", f"/posts/{post['id']}/like")["like_count"] == 1
        frame = socket.wait_for("notification")
        while frame["data"]["type"] != "post.liked":
            frame = socket.wait_for("notification")
    assert frame["data"]["actor_username"] == bob.username
    assert frame["data"]["message"] == f"{bob.username} liked your post"
    wait_for(
        lambda: (
            {"post.liked", "post.created"}
            <= {each["type"] for each in alice.get("/notifications")["notifications"]}
        ),
        "both in the list",
    )
    bob.expect(200, "DELETE", f"/posts/{post['id']}/like")
    wait_for(
        lambda: (
            "post.liked"
            not in {each["type"] for each in alice.get("/notifications")["notifications"]}
        ),
        "the undone like to leave the list",
    )


def test_a_follow_creates_a_notification(alice: Person, bob: Person) -> None:
    follow(bob, alice)
    entries = wait_for(
        lambda: [
            each
            for each in alice.get("/notifications")["notifications"]
            if each["type"] == "user.followed"
        ],
        "the notification of the follow",
    )
    assert entries[0]["actor_id"] == bob.id
