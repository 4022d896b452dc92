"""A verification request on the deployed stack: each Lambda with the rights of its role alone."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from tests.e2e.client import Api, Person, join, log_in, wait_for
from tests.e2e.conftest import STACK, Deployed

BUCKET = f"{STACK}-media-000000000000-us-east-1"


@pytest.fixture
def admin(stack: Deployed, api: Api) -> Person:
    made = join(api, "reviewer")
    stack.client("dynamodb").update_item(
        TableName=stack.table("users"),
        Key={"user_id": {"S": made.id}},
        UpdateExpression="SET #role = :admin",
        ExpressionAttributeNames={"#role": "role"},
        ExpressionAttributeValues={":admin": {"S": "admin"}},
    )
    made.token = log_in(made)
    return made


def ask(person: Person, photograph: Path) -> dict[str, Any]:
    upload_id = person.upload(photograph, "image/jpeg", "verification")
    assert person.processed(upload_id)["status"] == "ready"
    body = {"id_card_number": "X1234567", "upload_id": upload_id, "reason": "I drum."}
    made: dict[str, Any] = person.expect(201, "POST", "/verification/request", body)
    person.expect(404, "GET", f"/media/uploads/{upload_id}")
    return made


def reviewed(admin: Person, request_id: str) -> dict[str, Any]:
    requests = admin.get("/admin/verification")["requests"]
    [shown] = [each for each in requests if each["request_id"] == request_id]
    return dict(shown)


def is_kept(stack: Deployed, request_id: str) -> bool:
    try:
        stack.client("s3").head_object(Bucket=BUCKET, Key=f"verification/{request_id}")
    except ClientError:
        return False
    return True


def notified(person: Person, kind: str) -> list[dict[str, Any]]:
    listed = person.get("/notifications")["notifications"]
    return [each for each in listed if each["type"] == kind]


def badges(person: Person, seen: Person, post_id: str, room: str) -> dict[str, bool]:
    """Where `person` sees whether `seen` has the badge, and what they see there."""
    name, home = seen.username, person.get("/feed/home")["posts"]
    comments = person.get(f"/posts/{post_id}/comments")["comments"]
    [chat] = [each for each in person.get("/conversations")["conversations"] if each["id"] == room]
    [partner] = [each for each in chat["participants"] if each["id"] == seen.id]
    actors = person.get("/notifications")["notifications"]
    found = person.get(f"/search/users?q={name}")["users"]
    followers = person.get("/users/me/followers")["users"]
    return {
        "profile": person.get(f"/users/{name}")["is_verified"],
        "post": person.get(f"/posts/{post_id}")["author_is_verified"],
        "feed": next(each["author_is_verified"] for each in home if each["id"] == post_id),
        "comment": comments[0]["author_is_verified"],
        "chat": partner["is_verified"],
        "notification": next(e["actor_is_verified"] for e in actors if e["actor_id"] == seen.id),
        "search": next(each["is_verified"] for each in found if each["id"] == seen.id),
        "followers": next(each["is_verified"] for each in followers if each["id"] == seen.id),
        "mention": person.get(f"/posts/{post_id}")["mentions"][0]["is_verified"],
    }


def test_from_a_rejection_to_the_badge(
    stack: Deployed, admin: Person, alice: Person, bob: Person, photograph: Path
) -> None:
    first = ask(alice, photograph)
    assert (first["id_card_number"], first["face_picture_url"]) == ("4567", None)
    assert alice.get("/profile")["verification_status"] == "pending"
    bob.expect(403, "GET", "/admin/verification")

    shown = reviewed(admin, first["request_id"])
    assert shown["id_card_number"] == "X1234567"
    assert httpx.get(shown["face_picture_url"]).status_code == 200

    path = f"/admin/verification/{first['request_id']}"
    admin.expect(200, "POST", f"{path}/reject", {"reason": "No <b>face</b>."})
    admin.expect(409, "POST", f"{path}/approve")
    wait_for(lambda: not is_kept(stack, first["request_id"]), "the picture to be deleted")
    assert httpx.get(shown["face_picture_url"]).status_code == 404
    wait_for(lambda: notified(alice, "verification.rejected"), "the rejection to be notified")
    wait_for(
        lambda: [
            each for each in alice.api.mails_to(alice.email) if "No <b>face" in each["BodyText"]
        ],
        "a mail with the reason",
    )

    second = ask(alice, photograph)
    upload_id = alice.upload(photograph, "image/jpeg")
    assert alice.processed(upload_id)["status"] == "ready"
    post = {"caption": f"Me, @{alice.username}", "upload_ids": [upload_id]}
    post_id = alice.expect(201, "POST", "/posts", post)["id"]
    alice.expect(201, "POST", "/comments", {"post_id": post_id, "content": "First"})
    bob.expect(200, "POST", f"/users/{alice.username}/follow")
    alice.expect(200, "POST", f"/users/{bob.username}/follow")
    room = alice.expect(201, "POST", "/conversations", {"participant_ids": [bob.id]})["id"]
    alice.expect(201, "POST", f"/conversations/{room}/messages", {"content": "Hello"})
    wait_for(lambda: notified(bob, "user.followed"), "the follow to be notified")
    wait_for(lambda: bob.get("/feed/home")["posts"], "the post in the feed")
    wait_for(lambda: bob.get("/conversations")["conversations"], "the conversation")
    before = badges(bob, alice, post_id, room)
    assert set(before.values()) == {False}, before

    decided = admin.expect(200, "POST", f"/admin/verification/{second['request_id']}/approve")
    assert decided["status"] == "approved"
    at_once = badges(bob, alice, post_id, room)
    assert set(at_once.values()) == {True}, at_once
    assert alice.get("/profile")["verification_status"] == "approved"
    wait_for(lambda: not is_kept(stack, second["request_id"]), "the picture to be deleted")
    wait_for(lambda: notified(alice, "verification.approved"), "the approval to be notified")
