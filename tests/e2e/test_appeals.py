"""Appeals on the deployed stack: what is reversed is as it was, and a banned person can appeal."""

from pathlib import Path
from typing import Any

from tests.e2e.client import PASSWORD, Api, Person, log_in, wait_for
from tests.e2e.test_reports import (
    a_post,
    accept,
    appeal,
    counts,
    notified,
    report,
    resolve_appeal,
)
from tests.e2e.test_rooms import befriend


def test_a_removed_comment_and_message_come_back_with_all_they_had(
    admin: Person, alice: Person, bob: Person, photograph: Path
) -> None:
    room = befriend(alice, bob)
    post_id = a_post(bob, photograph)["id"]
    words = {"post_id": post_id, "content": "Buy now"}
    comment_id = alice.expect(201, "POST", "/comments", words)["id"]
    reply = {"post_id": post_id, "content": "Why?", "parent_comment_id": comment_id}
    reply_id = bob.expect(201, "POST", "/comments", reply)["id"]
    bob.expect(200, "POST", f"/comments/{comment_id}/like")
    bob.expect(200, "POST", f"/comments/{comment_id}/pin")

    def comments() -> list[tuple[Any, ...]]:
        return [
            (each["id"], each["like_count"], each["reply_count"], each["is_pinned"])
            for each in bob.get(f"/posts/{post_id}/comments")["comments"]
        ]

    as_it_was = [(comment_id, 1, 1, True)]
    wait_for(lambda: comments() == as_it_was, "likes and replies to be counted")
    wait_for(lambda: counts(bob, post_id) == (0, 2), "the comments to be counted")
    admin.expect(200, "DELETE", f"/comments/{comment_id}")
    assert comments() == []
    bob.expect(404, "GET", f"/comments/{comment_id}/replies")
    wait_for(lambda: counts(bob, post_id) == (0, 0), "the thread to be uncounted")
    resolve_appeal(admin, appeal(alice, comment_id))
    wait_for(lambda: comments() == as_it_was, "the comment to be back")
    wait_for(lambda: counts(bob, post_id) == (0, 2), "the thread to be counted again")
    replies = bob.get(f"/comments/{comment_id}/replies")["comments"]
    assert [each["id"] for each in replies] == [reply_id]

    said = {"content": "Buy now"}
    message_id = alice.expect(201, "POST", f"/conversations/{room}/messages", said)["id"]

    def unread() -> tuple[list[str], int]:
        shown = bob.get(f"/conversations/{room}/messages")["messages"]
        row = bob.get(f"/conversations/{room}")
        return [each["id"] for each in shown], row["unread_count"]

    wait_for(lambda: unread() == ([message_id], 1), "the message to be unread")
    accept(admin, report(bob, "message", message_id))
    wait_for(lambda: unread() == ([], 0), "the message to be gone")
    with bob.socket() as socket:
        resolve_appeal(admin, appeal(alice, message_id))
        assert socket.wait_for("new_message")["data"]["id"] == message_id
    wait_for(lambda: unread() == ([message_id], 1), "the message to be back")


def test_a_banned_person_appeals_with_what_the_log_in_gives(
    api: Api, admin: Person, alice: Person, bob: Person
) -> None:
    admin.expect(200, "POST", f"/admin/users/{alice.id}/ban", {"reason": "Fraud"})
    bob.expect(404, "GET", f"/users/{alice.username}")
    wrong = {"identifier": alice.username, "password": "Wrong-Horse-8"}
    assert "appeal_token" not in api.expect(401, "POST", "/login", wrong)
    refused = api.expect(403, "POST", "/login", {**wrong, "password": PASSWORD})
    assert refused["code"] == "account_banned"
    alice.token = refused["appeal_token"]
    for path in ("/profile", "/feed/home", "/notifications"):
        assert alice.expect(403, "GET", path)["code"] == "account_banned"
    api.expect(401, "GET", "/auth/verify-user", headers={"Authorization": f"Bearer {alice.token}"})
    appeal_id = appeal(alice, alice.id)
    wait_for(lambda: appeal_id in notified(admin, "appeal.created"), "the admin to be notified")
    resolve_appeal(admin, appeal_id)
    alice.token = log_in(alice)
    wait_for(lambda: appeal_id in notified(alice, "appeal.reversed"), "the owner to be notified")
    assert bob.get(f"/users/{alice.username}")["id"] == alice.id
