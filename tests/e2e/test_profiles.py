"""Changing one's profile: the change shows everywhere, at once, for everybody."""

import io
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.e2e.client import Api, Person, join, new_name, registration, wait_for


def picture_of(url: str) -> tuple[int, int]:
    """The size of the picture at a URL."""
    fetched = httpx.get(url, timeout=30)
    assert fetched.status_code == 200, fetched.text
    with Image.open(io.BytesIO(fetched.content)) as image:
        assert not image.getexif()
        return image.size


def shown(user: dict[str, Any]) -> tuple[str, str, str]:
    """Username, name and picture of the shape User, without the URL's signature."""
    return user["username"], user["name"], object_of(user["profile_picture_url"])


def object_of(url: str | None) -> str:
    return (url or "").partition("?")[0]


def test_a_rename_and_a_new_picture_show_everywhere(
    alice: Person, bob: Person, photograph: Path
) -> None:
    alice.expect(200, "POST", f"/users/{bob.username}/follow")
    bob.expect(200, "POST", f"/users/{alice.username}/follow")
    post = alice.expect(201, "POST", "/posts", {"content": "Before the change"})
    bob.expect(201, "POST", f"/posts/{post['id']}/comment", {"content": "Nice!"})
    room = alice.expect(201, "POST", "/conversations", {"participant_ids": [bob.id]})["id"]
    alice.expect(201, "POST", f"/conversations/{room}/messages", {"content": "Hello"})
    wait_for(lambda: bob.get("/notifications")["notifications"], "the notification of the follow")
    own_comment = alice.expect(201, "POST", f"/posts/{post['id']}/comment", {"content": "Thanks"})
    assert own_comment

    picture = alice.processed(alice.upload(photograph, "image/jpeg", "avatar"))
    username, name = new_name("renamed"), "Renée Néw"
    changed = alice.expect(
        200,
        "PUT",
        "/profile",
        {"username": username, "name": name, "upload_id": picture["upload_id"], "bio": "Hi"},
    )
    assert (changed["username"], changed["name"], changed["bio"]) == (username, name, "Hi")
    avatar = object_of(changed["profile_picture_url"])
    assert picture_of(changed["profile_picture_url"])[0] == 320
    new = (username, name, avatar)

    # Her token was issued before and still contains the old name, also for her next actions.
    bob_post = bob.expect(201, "POST", "/posts", {"content": "By bob"})
    alice.expect(200, "POST", f"/posts/{bob_post['id']}/like")
    alice.expect(201, "POST", f"/posts/{bob_post['id']}/comment", {"content": "After the change"})
    later = alice.expect(201, "POST", "/posts", {"content": "After the change"})
    assert (later["author_username"], object_of(later["author_profile_url"])) == (username, avatar)
    with bob.socket() as socket:
        alice.expect(201, "POST", f"/conversations/{room}/messages", {"content": "Again"})
        frame = socket.wait_for("new_message")["data"]
    assert (frame["sender_username"], object_of(frame["sender_profile_url"])) == (username, avatar)
    assert frame["username"] == username

    assert shown(alice.get("/profile")) == new
    assert shown(bob.get(f"/users/{username}")) == new
    assert shown(bob.get(f"/users/{alice.id}")) == new
    for old in (post, later):
        shape = bob.get(f"/posts/{old['id']}")
        assert (shape["author_username"], object_of(shape["author_profile_url"])) == new[::2]
    socialhub = bob.get(f"/api/v1/posts/{post['id']}")["post"]["user"]
    assert (socialhub["username"], object_of(socialhub["avatar"])) == new[::2]
    assert bob.get(f"/api/v1/users/profile/{username}")["user"]["username"] == username
    wait_for(
        lambda: later["id"] in [each["id"] for each in bob.get("/feed/home")["posts"]],
        "the later post in the follower's feed",
    )
    feed = [each for each in bob.get("/feed/home")["posts"] if each["author_id"] == alice.id]
    assert {(each["author_username"], object_of(each["author_profile_url"])) for each in feed} == {
        new[::2]
    }
    comments = [
        each
        for of in (post, bob_post)
        for each in bob.get(f"/posts/{of['id']}/comments")["comments"]
        if each["user_id"] == alice.id
    ]
    assert len(comments) == 2
    assert {
        (each["author_username"], object_of(each["author_profile_url"])) for each in comments
    } == {new[::2]}
    [conversation] = bob.get("/conversations")["conversations"]
    [other] = [each for each in conversation["participants"] if each["id"] == alice.id]
    assert shown(other) == new
    messages = bob.get(f"/conversations/{room}/messages")["messages"]
    assert {
        (each["sender_username"], object_of(each["sender_profile_url"])) for each in messages
    } == {new[::2]}
    wait_for(
        lambda: (
            {"user.followed", "post.liked", "post.commented"}
            <= {each["type"] for each in bob.get("/notifications")["notifications"]}
        ),
        "the notifications of her actions",
    )
    notifications = [
        each for each in bob.get("/notifications")["notifications"] if each["actor_id"] == alice.id
    ]
    assert {shown(each["actor"]) for each in notifications} == {new}
    assert all(each["message"].startswith(f"{username} ") for each in notifications)
    for listed in ("followers", "following"):
        [row] = bob.get(f"/users/{bob.id}/{listed}")["users"]
        assert shown(row) == new
    found = wait_for(
        lambda: bob.get(f"/search/users?q={username}")["users"], "the new name in the search"
    )
    assert [shown(each) for each in found] == [new]

    # The old name is free at once.
    assert bob.call("GET", f"/users/{alice.username}").status_code == 404
    bob.expect(200, "PATCH", "/profile", {"username": alice.username})
    assert alice.get(f"/users/{alice.username}")["id"] == bob.id
    # A fresh token contains her new name as well.
    tokens = alice.api.expect(200, "POST", "/auth/refresh", {"refresh_token": alice.refresh_token})
    assert tokens["user"]["username"] == username


def test_the_replaced_picture_can_be_deleted_and_the_current_one_cannot(
    alice: Person, bob: Person, photograph: Path
) -> None:
    uploads = [
        alice.processed(alice.upload(photograph, "image/jpeg", "avatar"))["upload_id"]
        for _ in range(2)
    ]
    for upload_id in uploads:
        alice.expect(200, "PATCH", "/profile", {"profile_picture_url": upload_id})
    answer = alice.call("DELETE", f"/media/uploads/{uploads[1]}")
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_in_use")
    alice.expect(200, "DELETE", f"/media/uploads/{uploads[0]}")
    stolen = bob.call("PATCH", "/profile", {"upload_id": uploads[1]})
    assert (stolen.status_code, stolen.json()["code"]) == (404, "upload_not_found")
    cleared = alice.expect(200, "PATCH", "/profile", {"profile_picture_url": None})
    assert cleared["profile_picture_url"] is None
    assert bob.get(f"/users/{alice.id}")["profile_picture_url"] is None
    alice.expect(200, "DELETE", f"/media/uploads/{uploads[1]}")


def test_an_invalid_picture_is_refused(alice: Person) -> None:
    upload = alice.processed(alice.upload(b"not a picture at all", "image/jpeg", "avatar"))
    assert upload["status"] == "failed"
    answer = alice.call("PATCH", "/profile", {"upload_id": upload["upload_id"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_not_ready")


@pytest.mark.parametrize("template", ["{bob}", "{BOB}"])
def test_a_username_has_one_holder(template: str, alice: Person, bob: Person) -> None:
    name = template.replace("{bob}", bob.username).replace("{BOB}", bob.username.upper())
    answer = alice.call("PUT", "/profile", {"username": name})
    assert (answer.status_code, answer.json()["code"]) == (409, "username_taken")


def test_a_profile_is_completed(api: Api) -> None:
    username = new_name("social")
    body = registration(username)
    given = api.expect(
        201,
        "POST",
        "/auth/signup",
        {name: body[name] for name in ("name", "email", "username", "password")},
    )
    code = api.code_for(body["email"])
    given = api.expect(200, "POST", "/verify-otp", {"email": body["email"], "otp_code": code})
    token = given["token"]
    assert api.expect(200, "GET", "/profile", token=token)["profile_complete"] is False
    part = {"username": f"{username}_x", "gender": "other"}
    refused = api.call("PUT", "/users/complete-profile", part, token=token)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_input")
    whole = {**part, "date_of_birth": "1999-04-05"}
    done = api.expect(200, "PUT", "/users/complete-profile", whole, token=token)
    assert (done["profile_complete"], done["username"]) == (True, f"{username}_x")
    again = api.call("PUT", "/profile", {"date_of_birth": "1998-04-05"}, token=token)
    assert (again.status_code, again.json()["code"]) == (409, "date_of_birth_set")


def test_an_unverified_account_changes_nothing(api: Api) -> None:
    username = new_name("social")
    body = registration(username)
    given = api.expect(201, "POST", "/auth/signup", {**body, "confirm_password": None})
    answer = api.call("PUT", "/profile", {"bio": "Hi"}, token=given["token"])
    assert (answer.status_code, answer.json()["code"]) == (403, "email_not_verified")
    # It may search for others, who do not find it.
    other = join(api, "other")
    wait_for(
        lambda: api.expect(200, "GET", f"/search/users?q={other.username}", token=given["token"])[
            "users"
        ],
        "the search by an unverified account",
    )
    found = other.get(f"/search/users?q={username}")["users"]
    assert given["user"]["id"] not in [each["id"] for each in found]
