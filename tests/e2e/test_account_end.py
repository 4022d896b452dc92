"""The end of an account: hidden at once, restored completely, and at last erased everywhere."""

import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shared.clock import timestamp
from shared.events.envelopes import Envelope
from shared.events.users import UserErased
from tests.e2e.client import PASSWORD, Api, Person, join, log_in, registration, wait_for
from tests.e2e.conftest import STACK, Deployed
from tests.e2e.test_walking_skeleton import follow, post_photograph

SERVICES = ("auth", "users", "posts", "feeds", "media", "chat", "notifications")

# The tables in which the id of an erased account may remain, and why. It refers to no account.
ALLOWED = {
    "gates": "calls of the hour and ended sessions, until their tokens have expired",
    "conversations": "the conversation remains for the other person",
    "messages": "without text and name, so that replies to them keep their place",
    "notifications": "withdrawn entries, so that late events do not restore them; for 20 days",
    "relationships": "lists that only their owners see",
    "event-log": "ids of what others' clients may request again, for seven days",
    "recount-lists": "which counts changed on a day, for two weeks",
}
# Likewise in one attribute: whose message began what another member has not read, as the message
# itself says; until it is read.
ALLOWED_ATTRIBUTE = ("inbox", "unread_from")


# Where a person who has used every feature is found before the account is erased.
FOUND_BEFORE = {
    "users", "claims", "user-search", "credentials", "sessions", "exports", "posts", "author-stats",
    "likes", "comments", "comment-likes", "timelines", "uploads", "inbox", "sent-messages",
    "notifications", "relationships", "suppressions", "the text in messages",
}  # fmt: skip

# Counted from the stream after the erasure, and deleted by the second pass.
COUNTS = {"notification-stats", "tallies"}


@dataclass
class Life:
    """A person who has used every feature, and the friend who sees it."""

    person: Person
    friend: Person
    post: str
    liked: str
    comment: str
    room: str
    group: str


@pytest.fixture
def life(api: Api, bob: Person, photograph: Path) -> Life:
    gone, third = join(api, "vanishing"), join(api, "third")
    for one, other in ((gone, bob), (bob, gone), (gone, third), (third, gone)):
        follow(one, other)
    gone.expect(200, "POST", f"/users/{third.username}/mute")
    bob.expect(200, "POST", f"/close-friends/{gone.username}")
    post, liked = post_photograph(gone, photograph), post_photograph(bob, photograph)
    below_own, below_theirs = str(post["id"]), str(liked["id"])
    for person in (gone, bob):
        for post_id in (below_own, below_theirs):
            person.expect(200, "POST", f"/posts/{post_id}/like")
    comment = gone.expect(201, "POST", "/comments", {"post_id": below_theirs, "content": "Mine"})
    theirs = bob.expect(201, "POST", "/comments", {"post_id": below_own, "content": "Yours"})
    gone.expect(200, "POST", f"/comments/{theirs['id']}/like")
    bob.expect(200, "POST", f"/comments/{comment['id']}/like")
    bob.expect(200, "POST", f"/comments/{comment['id']}/pin")
    room = gone.expect(201, "POST", "/conversations", {"participant_ids": [bob.id]})["id"]
    group = gone.expect(
        201,
        "POST",
        "/conversations",
        {"participant_ids": [bob.id, third.id], "group_name": "Us"},
    )["id"]
    for each in (room, group):
        words = {"content": "A secret of theirs", "client_message_id": "first"}
        gone.expect(201, "POST", f"/conversations/{each}/messages", words)
        bob.expect(201, "POST", f"/conversations/{each}/messages", {"content": "Indeed"})
    log_in(gone)
    gone.expect(202, "POST", "/account/export")
    wait_for(lambda: gone.get("/account/export")["status"] == "ready", "the export", 60)
    wait_for(lambda: counts(bob, bob) == (1, 1), "the follows to be counted")
    wait_for(lambda: bob.get(f"/posts/{below_theirs}")["comment_count"] == 1, "the comment count")
    wait_for(lambda: bob.get(f"/posts/{below_theirs}")["like_count"] == 2, "the likes")
    return Life(gone, bob, below_own, below_theirs, str(comment["id"]), room, group)


def counts(viewer: Person, of: Person) -> tuple[int, int]:
    profile = viewer.get(f"/users/{of.username}")
    return profile["follower_count"], profile["following_count"]


def delete(person: Person, route: str = "DELETE /account") -> None:
    method, path = route.split()
    person.expect(202, method, path, {"password": PASSWORD})


def log_in_code(person: Person, **more: Any) -> str:
    body = {"identifier": person.username, "password": PASSWORD, **more}
    return str(person.api.call("POST", "/login", body).json()["code"])


def visible_parts(life: Life) -> dict[str, Any]:
    """Whether the friend sees the person, by each route."""
    gone, friend = life.person, life.friend
    name = gone.username

    def names(path: str, key: str = "users") -> list[str]:
        return [each["username"] for each in friend.get(path)[key]]

    return {
        "profile": friend.call("GET", f"/users/{name}").status_code == 200,
        "by id": friend.call("GET", f"/users/{gone.id}").status_code == 200,
        "posts of": friend.call("GET", f"/users/{name}/posts").status_code == 200,
        "post": friend.call("GET", f"/posts/{life.post}").status_code == 200,
        "feed": life.post in [post["id"] for post in friend.get("/feed/home")["posts"]],
        "liker": name in names(f"/posts/{life.liked}/likes"),
        "comment": life.comment
        in [each["id"] for each in friend.get(f"/posts/{life.liked}/comments")["comments"]],
        "follower": name in names(f"/users/{friend.username}/followers"),
        "followed": name in names(f"/users/{friend.username}/following"),
        "close friend": name in names("/close-friends"),
        "found": name in names(f"/search/users?q={name}"),
        "notified": name
        in [each["actor_username"] for each in friend.get("/notifications")["notifications"]],
        "room": name in participants(friend, life.room),
        "group": name in participants(friend, life.group),
        "sender": name in senders(friend, life.room) + senders(friend, life.group),
    }


def missing(life: Life) -> list[str]:
    return [what for what, is_shown in visible_parts(life).items() if not is_shown]


def participants(person: Person, room: str) -> list[str]:
    return [each["username"] for each in person.get(f"/conversations/{room}")["participants"]]


def senders(person: Person, room: str) -> list[str]:
    found = person.get(f"/conversations/{room}/messages")["messages"]
    return [each["sender_username"] for each in found]


def test_an_account_is_hidden_restored_and_erased(stack: Deployed, life: Life) -> None:
    gone, friend = life.person, life.friend
    wait_for(lambda: not missing(life), "everything to be visible", 60)
    before = counts(friend, gone), counts(friend, friend)
    uploads = uploads_of(stack, gone)
    assert len(uploads) == 1
    assert any(uploads[0] in key for key in objects(stack))
    wait_for(lambda: remains(stack, gone, uploads) >= FOUND_BEFORE, "everything to be found before")

    delete(gone)
    assert gone.call("GET", "/profile").status_code == 401, "on the very next request"
    refreshed = gone.api.call("POST", "/auth/refresh", {"refresh_token": gone.refresh_token})
    assert refreshed.json()["code"] == "invalid_refresh_token"
    wait_for(lambda: not visible_parts(life)["found"], "the search index to follow")
    assert not any(visible_parts(life).values()), visible_parts(life)
    to_them = friend.call("POST", f"/conversations/{life.room}/messages", {"content": "Hello?"})
    assert to_them.status_code == 404
    assert log_in_code(gone) == "account_deleted"

    given = gone.api.expect(
        200,
        "POST",
        "/login",
        {"identifier": gone.email, "password": PASSWORD, "restore": True},
    )
    gone.token = given["token"]
    wait_for(lambda: not missing(life), "everything to be back", 60)
    assert (counts(friend, gone), counts(friend, friend)) == before
    assert gone.get("/profile")["post_count"] == 1

    delete(gone, "POST /account/delete")
    stack.client("dynamodb").update_item(
        TableName=stack.table("users"),
        Key={"user_id": {"S": gone.id}},
        UpdateExpression="SET purge_at = :past",
        ExpressionAttributeValues={":past": {"S": "2026-01-01T00:00:00.000Z"}},
    )
    assert log_in_code(gone, restore=True) == "invalid_credentials", "before the purge runs"
    ran = stack.client("lambda").invoke(FunctionName=stack.function("PurgeAccounts"))
    assert json.loads(ran["Payload"].read()) == {"purged": 1, "failed": 0}

    def is_erased() -> bool:
        left = remains(stack, gone, uploads) - COUNTS
        sys.stdout.write(f"found in {sorted(left)}\n")  # shown if this fails
        return not left

    wait_for(is_erased, "everything to be erased", 90)
    start_second_pass(stack, gone)
    wait_for(lambda: not remains(stack, gone, uploads), "the second pass", 60)

    wait_for(lambda: counts(friend, friend)[0] == before[1][0] - 1, "one follower less")
    wait_for(lambda: friend.get(f"/posts/{life.liked}")["like_count"] == 1, "one like less")
    wait_for(lambda: friend.get(f"/posts/{life.liked}")["comment_count"] == 0, "no comments")
    messages = friend.get(f"/conversations/{life.room}/messages")["messages"]
    assert [each["content"] for each in messages] == ["Indeed", None]
    assert len(friend.get(f"/conversations/{life.group}")["participants"]) == 2

    body = {**registration(gone.username), "email": gone.email}
    assert gone.api.expect(201, "POST", "/register", body)["user_id"] != gone.id


def remains(stack: Deployed, person: Person, uploads: list[str]) -> set[str]:
    """The tables and objects in which a person is still found where they may not be."""
    name = re.compile(rf"{person.username}(?![0-9])", re.IGNORECASE)
    left = set()
    for table, item in items(stack):
        if table == "user-search" and item["place"]["S"] == "circle":
            continue  # whom others know, for an hour
        shown = {key: value for key, value in item.items() if (table, key) != ALLOWED_ATTRIBUTE}
        text = json.dumps(shown, default=str)
        if name.search(text) or (person.id in text and table not in ALLOWED):
            left.add(table)
        if "A secret of theirs" in text:
            left.add(f"the text in {table}")
    ids = (person.id, *uploads)
    return left | {key for key in objects(stack) if any(each in key for each in ids)}


def items(stack: Deployed) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every item of every table, with the table's name without the stack."""
    dynamodb = stack.client("dynamodb")
    for table in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                yield table.removeprefix(f"{STACK}-"), item


def uploads_of(stack: Deployed, person: Person) -> list[str]:
    return [
        item["upload_id"]["S"]
        for table, item in items(stack)
        if table == "uploads" and item["owner_id"]["S"] == person.id
    ]


def objects(stack: Deployed) -> list[str]:
    """Every key of the media bucket."""
    s3 = stack.client("s3")
    [bucket] = [
        each["Name"]
        for each in s3.list_buckets()["Buckets"]
        if each["Name"].startswith(f"{STACK}-media-")
    ]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [found["Key"] for page in pages for found in page.get("Contents", [])]


def start_second_pass(stack: Deployed, person: Person) -> None:
    """Start the second pass now, which follows a quarter of an hour after the first."""
    past = timestamp(time.time() - 3600)
    body = Envelope("look-again-0", past, None, UserErased(person.id)).to_json()
    sqs = stack.client("sqs")
    for service in SERVICES:
        url = sqs.get_queue_url(QueueName=f"{STACK}-{service}-user-erased")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=body)


def test_a_wrong_confirmation_deletes_nothing(bob: Person) -> None:
    for body, expected in (
        ({"password": "Wrong-Horse-7"}, (403, "wrong_password")),
        ({}, (403, "wrong_password")),
        ({"password": "x" * 129}, (400, "invalid_input")),
        ({"confirm_username": bob.username}, (403, "wrong_password")),
    ):
        answer = bob.call("DELETE", "/account", body)
        assert (answer.status_code, answer.json()["code"]) == expected
    assert bob.call("GET", "/profile").status_code == 200


def test_a_socket_of_a_deleted_account_is_refused(bob: Person) -> None:
    with bob.socket() as socket:
        socket.send({"action": "ping"})
        socket.wait_for("pong")
        delete(bob)
        socket.send({"action": "ping"})
        assert socket.wait_for("error")["data"]["code"] == "unauthorized"
