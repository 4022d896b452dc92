"""Notifications on the deployed stack: created, withdrawn, switched off, shown as of today."""

from typing import Any

import pytest

from tests.e2e.client import Api, Person, join, new_name, wait_for
from tests.e2e.test_rooms import befriend


@pytest.fixture
def carol(api: Api) -> Person:
    return join(api, "carol")


def entries(person: Person, kind: str | None = None) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = person.get("/notifications")["notifications"]
    return [entry for entry in listed if kind in (None, entry["type"])]


def types(person: Person) -> set[str]:
    return {entry["type"] for entry in entries(person)}


def notified(person: Person, kind: str) -> dict[str, Any]:
    """The newest entry of this type, once there is one."""
    return wait_for(lambda: entries(person, kind), f"{kind} in the list of {person.username}")[0]


def wait_until_withdrawn(person: Person, kind: str) -> None:
    wait_for(lambda: not entries(person, kind), f"{kind} to leave the list of {person.username}")


def a_post(author: Person) -> str:
    return str(author.expect(201, "POST", "/posts", {"content": "Look!"})["id"])


def a_comment(writer: Person, post_id: str, content: str, parent: str | None = None) -> str:
    body = {"post_id": post_id, "content": content, "parent_comment_id": parent}
    return str(writer.expect(201, "POST", "/comments", body)["id"])


def prefer(person: Person, **changes: Any) -> dict[str, Any]:
    return dict(person.expect(200, "PUT", "/settings/notifications", changes))


def test_comments_replies_and_their_likes(alice: Person, bob: Person, carol: Person) -> None:
    post_id = a_post(alice)
    with alice.socket() as socket:
        comment_id = a_comment(bob, post_id, "First!")
        frame = socket.wait_for("notification")
        while frame["data"]["type"] != "post.commented":
            frame = socket.wait_for("notification")
    assert frame["data"]["message"] == f"{bob.username} commented on your post"
    assert frame["data"]["metadata"] == {"post_id": post_id, "comment_id": comment_id}
    [shown] = [
        entry for entry in alice.get("/notify/notifications")["data"] if entry["type"] == "COMMENT"
    ]
    assert shown["metadata"]["commenterId"] == bob.id
    assert (shown["metadata"]["postId"], shown["metadata"]["commentId"]) == (post_id, comment_id)

    reply_id = a_comment(carol, post_id, "Second.", parent=comment_id)
    entry = notified(bob, "comment.replied")
    assert (entry["entity_id"], entry["actor_id"]) == (reply_id, carol.id)
    wait_for(lambda: len(entries(alice, "post.commented")) == 2, "the reply in the author's list")

    alice.expect(200, "POST", f"/comments/{comment_id}/like")
    assert notified(bob, "comment.liked")["message"] == f"{alice.username} liked your comment"
    alice.expect(200, "DELETE", f"/comments/{comment_id}/like")
    wait_until_withdrawn(bob, "comment.liked")

    bob.expect(200, "DELETE", f"/comments/{comment_id}")
    wait_until_withdrawn(bob, "comment.replied")
    wait_until_withdrawn(alice, "post.commented")


def test_the_author_of_post_and_parent_gets_one_entry_of_a_reply(
    alice: Person, bob: Person
) -> None:
    post_id = a_post(alice)
    own = a_comment(alice, post_id, "Mine.")
    a_comment(bob, post_id, "Yours.", parent=own)
    notified(alice, "comment.replied")
    # The entry of a later comment would come after a second entry of the reply.
    a_comment(bob, post_id, "Another.")
    notified(alice, "post.commented")
    assert len(entries(alice, "post.commented")) == 1
    assert "comment.replied" not in types(bob)


def test_an_entry_is_not_listed_once_its_reader_may_not_see_the_post(
    alice: Person, bob: Person, carol: Person
) -> None:
    post_id = a_post(alice)
    comment_id = a_comment(bob, post_id, "Nice.")
    carol.expect(200, "POST", f"/comments/{comment_id}/like")
    notified(bob, "comment.liked")
    alice.expect(200, "PUT", "/settings/privacy", {"is_private": True})
    wait_for(lambda: "comment.liked" not in types(bob), "the entry of the hidden post to be gone")
    notified(alice, "post.commented")


def test_entries_about_a_post_are_listed_unless_it_is_deleted(alice: Person, bob: Person) -> None:
    post_id = a_post(alice)
    a_comment(bob, post_id, f"Look at this, @{alice.username}")
    bob.expect(200, "POST", f"/posts/{post_id}/like")
    # The comment is one entry, though it mentions her, too.
    of_post = {"post.created", "post.commented", "post.liked"}
    wait_for(lambda: types(alice) == of_post, "all entries about the post")
    alice.expect(200, "DELETE", f"/posts/{post_id}")
    assert types(alice) == set()
    alice.expect(200, "POST", f"/posts/{post_id}/restore")
    assert types(alice) == of_post


def test_the_owner_of_a_file_that_cannot_be_processed_is_notified(alice: Person) -> None:
    upload_id = alice.upload(b"not a picture at all", "image/jpeg", "avatar")
    entry = notified(alice, "media.failed")
    assert (entry["kind"], entry["entity_id"], entry["actor"]) == ("SYSTEM", upload_id, None)
    assert entry["metadata"] == {"upload_id": upload_id}


def test_a_request_leaves_the_list_when_it_is_approved(alice: Person, bob: Person) -> None:
    alice.expect(200, "PUT", "/settings/privacy", {"is_private": True})
    bob.expect(200, "POST", f"/users/{alice.username}/follow")
    assert notified(alice, "follow.request")["actor_id"] == bob.id
    alice.expect(200, "POST", f"/follow-requests/{bob.username}/approve")
    approved = notified(bob, "follow.approved")
    assert approved["message"] == f"{alice.username} accepted your follow request"
    notified(alice, "user.followed")
    wait_until_withdrawn(alice, "follow.request")
    bob.expect(200, "DELETE", f"/users/{alice.username}/follow")
    wait_until_withdrawn(alice, "user.followed")
    wait_until_withdrawn(bob, "follow.approved")


@pytest.mark.parametrize("ending", ["rejected", "taken back"])
def test_a_request_that_ended_leaves_the_list(alice: Person, bob: Person, ending: str) -> None:
    alice.expect(200, "PUT", "/settings/privacy", {"is_private": True})
    bob.expect(200, "POST", f"/users/{alice.username}/follow")
    notified(alice, "follow.request")
    if ending == "rejected":
        alice.expect(200, "POST", f"/follow-requests/{bob.username}/reject")
    else:
        bob.expect(200, "DELETE", f"/users/{alice.username}/follow")
    wait_until_withdrawn(alice, "follow.request")
    assert "follow.approved" not in types(bob)


def test_what_is_switched_off_makes_no_entry(alice: Person, bob: Person, carol: Person) -> None:
    post_id = a_post(alice)
    off = prefer(alice, types={"post.liked": False})
    assert off["types"]["post.liked"] is False
    assert alice.get("/settings/notifications") == off
    bob.expect(200, "POST", f"/posts/{post_id}/like")
    a_comment(bob, post_id, "Liked.")
    notified(alice, "post.commented")
    assert prefer(alice, types={"post.liked": True})["types"]["post.liked"] is True
    carol.expect(200, "POST", f"/posts/{post_id}/like")
    assert notified(alice, "post.liked")["actor_id"] == carol.id
    assert len(entries(alice, "post.liked")) == 1
    assert bob.get("/settings/notifications")["types"]["post.liked"] is True


def test_without_push_a_notification_is_only_listed_and_counted(
    alice: Person, bob: Person, carol: Person
) -> None:
    prefer(alice, push_enabled=False)
    with alice.socket() as socket:
        bob.expect(200, "POST", f"/users/{alice.username}/follow")
        notified(alice, "user.followed")
        wait_for(
            lambda: alice.get("/notifications/unread-count")["unread_count"] == 1, "one unread"
        )
        prefer(alice, push_enabled=True)
        carol.expect(200, "POST", f"/users/{alice.username}/follow")
        frame = socket.wait_for("notification")
        assert frame["data"]["actor_id"] == carol.id
        assert frame["data"]["unread_count"] == 2


def test_all_entries_are_read_at_once_and_later_ones_are_unread(
    alice: Person, bob: Person, carol: Person
) -> None:
    def unread() -> int:
        return int(alice.get("/notifications/unread-count")["unread_count"])

    bob.expect(200, "POST", f"/users/{alice.username}/follow")
    wait_for(lambda: unread() == 1, "one unread")
    assert alice.expect(200, "PUT", "/notifications/read-all")["count"] == 1
    assert unread() == 0
    assert [entry["is_read"] for entry in entries(alice)] == [True]
    carol.expect(200, "POST", f"/users/{alice.username}/follow")
    wait_for(lambda: unread() == 1, "one unread again")
    [entry] = alice.get("/notifications?unread_only=true")["notifications"]
    assert (entry["actor_id"], entry["is_read"]) == (carol.id, False)


def test_an_unknown_type_is_refused(alice: Person) -> None:
    answer = alice.call("PUT", "/settings/notifications", {"types": {"post.burned": False}})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


def test_the_actor_is_shown_with_the_present_name(alice: Person, bob: Person) -> None:
    bob.expect(200, "POST", f"/users/{alice.username}/follow")
    notified(alice, "user.followed")
    renamed = new_name("renamed")
    bob.expect(200, "PATCH", "/profile", {"username": renamed})
    entry = notified(alice, "user.followed")
    assert entry["message"] == f"{renamed} started following you"
    assert entry["actor"]["username"] == entry["actor_username"] == renamed


def test_unread_messages_are_one_entry_until_the_conversation_is_read(
    alice: Person, bob: Person
) -> None:
    room = befriend(alice, bob)
    path = f"/conversations/{room}/messages"
    with bob.socket() as socket:
        for number in range(5):
            alice.expect(201, "POST", path, {"content": f"Number {number}"})
        entry = notified(bob, "message.received")
        pushed = socket.wait_for("notification")["data"]
    assert pushed["id"] == entry["id"]
    assert entry["message"] == f"{alice.username} sent you a message"
    assert (entry["kind"], entry["metadata"]) == ("MESSAGE", {"conversation_id": room})
    assert entries(alice, "message.received") == []
    bob.expect(200, "POST", f"/conversations/{room}/read")
    wait_until_withdrawn(bob, "message.received")
    alice.expect(201, "POST", path, {"content": "One more"})
    assert notified(bob, "message.received")["id"] != entry["id"]
    assert len(entries(bob, "message.received")) == 1


def test_the_likes_of_a_post_are_one_group_in_the_readers_language(
    alice: Person, bob: Person, carol: Person
) -> None:
    def groups(**headers: str) -> list[dict[str, Any]]:
        page = alice.expect(200, "GET", "/notifications?grouped=true&limit=2", headers=headers)
        return [group for group in page["groups"] if group["type"] == "post.liked"]

    post_id = a_post(alice)
    for liker in (bob, carol):
        liker.expect(200, "POST", f"/posts/{post_id}/like")
    wait_for(lambda: len(entries(alice, "post.liked")) == 2, "two likes in the list")
    [group] = groups()
    assert (group["entity_id"], group["actor_count"]) == (post_id, 2)
    assert group["message"] == f"{group['actors'][0]['username']} and 1 other liked your post"
    [translated] = groups(**{"Accept-Language": "ja"})
    assert translated["message"].endswith("さんと他1人があなたの投稿に「いいね！」しました")
    alice.expect(200, "PUT", f"/notifications/{group['group_id']}/read")
    assert {entry["is_read"] for entry in entries(alice, "post.liked")} == {True}
    alice.expect(200, "DELETE", f"/notifications/{group['group_id']}")
    assert (groups(), entries(alice, "post.liked")) == ([], [])
