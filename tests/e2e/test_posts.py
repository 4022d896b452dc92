"""Posts on the deployed stack: editing, deleting and restoring, sharing, collaborating, and sending
a form."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.client import Api, Person, join, wait_for
from tests.e2e.conftest import Deployed


def publish(author: Person, content: str = "Hello", **more: Any) -> dict[str, Any]:
    post: dict[str, Any] = author.expect(201, "POST", "/posts", {"content": content, **more})
    return post


def notifications(person: Person, kind: str) -> list[dict[str, Any]]:
    """A person's notifications of one type."""
    found = person.get("/notifications")["notifications"]
    return [each for each in found if each["type"] == kind]


def test_an_edit_is_visible_and_notifies_of_mentions(alice: Person, bob: Person) -> None:
    post = publish(alice, "Snow #winter")
    edited = alice.expect(
        200,
        "PATCH",
        f"/posts/{post['id']}",
        {"caption": f"Sun #summer with @{bob.username}", "location": "Outside"},
    )
    assert (edited["hashtags"], edited["location"]) == (["summer"], "Outside")
    assert [each["id"] for each in edited["mentions"]] == [bob.id]
    assert bob.get(f"/posts/{post['id']}") == edited
    [entry] = wait_for(
        lambda: notifications(bob, "post.mentioned"), "the notification of the mention"
    )
    assert (entry["kind"], entry["entity_id"]) == ("MENTION", post["id"])
    assert entry["message"] == f"{alice.username} mentioned you in a post"
    assert bob.expect(403, "PATCH", f"/posts/{post['id']}", {"caption": ""})["code"] == "not_owner"
    alice.expect(200, "PATCH", f"/posts/{post['id']}", {"caption": "Alone"})
    wait_for(lambda: not notifications(bob, "post.mentioned"), "the notification to be withdrawn")


def test_a_mention_in_a_hidden_post_notifies_nobody(api: Api, alice: Person, bob: Person) -> None:
    publish(alice, f"Not for @{bob.username}", visibility="private")
    shown = publish(alice, f"For @{bob.username}")
    [entry] = wait_for(
        lambda: notifications(bob, "post.mentioned"), "the notification of the mention"
    )
    assert entry["entity_id"] == shown["id"]


def test_deleted_restored_and_purged(
    stack: Deployed, alice: Person, bob: Person, photograph: Path
) -> None:
    upload_id = alice.upload(photograph, "image/jpeg")
    assert alice.processed(upload_id)["status"] == "ready"
    post = alice.expect(201, "POST", "/posts", {"caption": "Snow", "upload_ids": [upload_id]})
    path = f"/posts/{post['id']}"
    bob.expect(200, "POST", f"{path}/like")
    wait_for(lambda: alice.get(path)["like_count"] == 1, "the like to be counted")
    before = without_urls(bob.get(path))

    assert bob.expect(403, "DELETE", path)["code"] == "not_owner"
    alice.expect(200, "DELETE", path)
    for who in (alice, bob):
        assert who.expect(404, "GET", path)["code"] == "post_not_found"
    [deleted] = alice.get("/posts/deleted")["posts"]
    assert (deleted["id"], deleted["like_count"]) == (post["id"], 1)
    assert deleted["purge_at"] > deleted["deleted_at"]
    assert bob.get("/posts/deleted")["posts"] == []
    assert alice.get("/profile")["post_count"] == 0

    bob.expect(404, "POST", f"{path}/restore")
    alice.expect(200, "POST", f"{path}/restore")
    assert without_urls(bob.get(path)) == before
    assert alice.get("/profile")["post_count"] == 1
    alice.expect(404, "POST", f"{path}/restore")

    alice.expect(200, "DELETE", path)
    table, key = stack.table("posts"), {"post_id": {"S": post["id"]}}
    stack.client("dynamodb").update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET purge_at = :past",
        ExpressionAttributeValues={":past": {"S": "2026-01-01T00:00:00.000Z"}},
    )
    answer = stack.client("lambda").invoke(FunctionName=stack.function("PurgePosts"), Payload=b"{}")
    assert json.loads(answer["Payload"].read())["purged"] == 1
    alice.expect(404, "POST", f"{path}/restore")
    wait_for(
        lambda: alice.call("GET", f"/media/uploads/{upload_id}").status_code == 404,
        "the picture to be deleted",
    )
    s3 = stack.client("s3")
    bucket = next(
        each["Name"] for each in s3.list_buckets()["Buckets"] if "-media-" in each["Name"]
    )
    wait_for(
        lambda: s3.list_objects_v2(Bucket=bucket, Prefix=f"media/{upload_id}/")["KeyCount"] == 0,
        "its files to be deleted",
    )
    dynamo = stack.client("dynamodb")
    like = {"post_id": {"S": post["id"]}, "user_id": {"S": bob.id}}
    wait_for(
        lambda: "Item" not in dynamo.get_item(TableName=stack.table("likes"), Key=like),
        "the like to be deleted",
    )


def without_urls(post: dict[str, Any]) -> dict[str, Any]:
    """A post without the URLs, which each environment signs by itself."""
    return {
        name: value
        for name, value in post.items()
        if name not in ("media", "media_urls", "thumbnail_url")
    }


def test_sharing(alice: Person, bob: Person) -> None:
    path = f"/posts/{publish(alice)['id']}"
    first = bob.expect(201, "POST", f"{path}/share", {"caption": "Look!"})
    again = bob.expect(200, "POST", f"{path}/share", {"caption": "Look at this!"})
    assert (again["shared_post_id"], again["share_count"]) == (first["shared_post_id"], 1)
    [share] = alice.get(f"{path}/shares")["shares"]
    assert (share["user"]["id"], share["caption"]) == (bob.id, "Look at this!")
    wait_for(lambda: alice.get(path)["share_count"] == 1, "the share to be counted")
    [entry] = wait_for(lambda: notifications(alice, "post.shared"), "the notification of the share")
    assert entry["message"] == f"{bob.username} shared your post"
    assert bob.expect(200, "DELETE", f"{path}/share")["share_count"] == 0
    wait_for(lambda: alice.get(path)["share_count"] == 0, "the share to count no more")
    assert bob.expect(200, "DELETE", f"{path}/share")["share_count"] == 0
    wait_for(lambda: alice.get(path)["share_count"] == 0, "the unshare to be counted")
    wait_for(lambda: not notifications(alice, "post.shared"), "the notification to be withdrawn")


def test_collaborating(api: Api, alice: Person, bob: Person) -> None:
    carol = join(api, "carol")
    carol.expect(200, "POST", f"/users/{alice.id}/follow")
    post = publish(alice, "Together", visibility="private", collaborator_ids=[bob.id, carol.id])
    path = f"/posts/{post['id']}"
    assert [(each["id"], each["status"]) for each in post["collaborators"]] == [
        (bob.id, "pending"),
        (carol.id, "accepted"),
    ]
    bob.expect(404, "GET", path)
    carol.expect(200, "GET", path)
    [entry] = wait_for(
        lambda: notifications(bob, "post.collaboration"), "the notification of the invitation"
    )
    assert entry["message"] == f"{alice.username} invited you to collaborate"
    answered = bob.expect(200, "PUT", f"{path}/collaboration", {"accept": True})
    assert [each["status"] for each in answered["collaborators"]] == ["accepted", "accepted"]
    bob.expect(200, "GET", path)
    assert [each["id"] for each in carol.get(f"/users/{bob.id}/tagged")["posts"]] == [post["id"]]
    carol.expect(200, "PUT", f"{path}/collaboration", {"accept": False})
    carol.expect(404, "GET", path)
    bob.expect(200, "POST", f"/users/{alice.id}/block")
    bob.expect(404, "GET", path)
    wait_for(lambda: alice.get(path)["collaborators"] == [], "the block to end the collaboration")


@pytest.mark.parametrize("path", ["/posts", "/api/v1/posts"])
def test_a_form_with_real_files(alice: Person, bob: Person, photograph: Path, path: str) -> None:
    content = photograph.read_bytes()
    files = [("files", (f"{number}.jpg", content, "image/jpeg")) for number in range(2)]
    form = {"content": "Zwei Bilder ❄", "visibility": "public"}
    answer = alice.call("POST", path, data=form, files=files)
    assert answer.status_code == 201, answer.text
    made = answer.json().get("post") or answer.json()
    post = wait_for(
        lambda: (
            (found := bob.call("GET", f"/posts/{made['id']}")).status_code == 200 and found.json()
        ),
        "the post to be there for others",
        60,
    )
    assert (post["caption"], post["status"]) == ("Zwei Bilder ❄", "ready")
    assert [each["type"] for each in post["media"]] == ["image", "image"]
    assert all(each["variants"] and each["blurhash"] for each in post["media"])


def test_a_form_that_is_too_large_names_the_other_way(alice: Person) -> None:
    answer = alice.call(
        "POST",
        "/posts",
        data={"content": "Too much"},
        files=[("files", ("a.jpg", b"\xff\xd8\xff" + bytes(4_500_000), "image/jpeg"))],
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    assert "/media/upload-url" in answer.json()["error"]
    refused = alice.call(
        "POST",
        f"/posts/{'0' * 26}/share",
        files=[("files", ("a.jpg", b"x", "image/jpeg"))],
    )
    assert (refused.status_code, refused.json()["code"]) == (415, "unsupported_media_type")


def test_reels_have_a_list_of_their_own(alice: Person, bob: Person, clip: Path) -> None:
    upload_id = alice.upload(clip, "video/mp4")
    assert alice.processed(upload_id, 120)["status"] == "ready"
    reel = alice.expect(
        201, "POST", "/posts", {"caption": "Moving", "upload_ids": [upload_id], "is_reel": True}
    )
    post = publish(alice)
    assert [each["id"] for each in bob.get(f"/users/{alice.id}/reels")["posts"]] == [reel["id"]]
    assert [each["id"] for each in bob.get(f"/users/{alice.id}/posts")["posts"]] == [post["id"]]
