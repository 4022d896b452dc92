"""Comments on the deployed stack: both dialects, deleted threads, pins, mentions, exact counts."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.e2e.client import AT_ONCE, Api, Person, at_once, join, wait_for


def a_post(author: Person) -> str:
    return str(author.expect(201, "POST", "/posts", {"content": "What do you say?"})["id"])


def write(person: Person, post_id: str, content: str, parent: str | None = None) -> str:
    body = {"post_id": post_id, "content": content, "parent_comment_id": parent}
    return str(person.expect(201, "POST", "/comments", body)["id"])


def comment_count(person: Person, post_id: str) -> int:
    return int(person.get(f"/posts/{post_id}")["comment_count"])


def test_the_life_of_a_comment(alice: Person, bob: Person) -> None:
    post_id = a_post(alice)
    added = bob.expect(201, "POST", f"/posts/{post_id}/comment", {"content": "Nice!"})
    assert added["message"] == "Comment added"
    root = added["comment"]["id"]
    reply = write(alice, post_id, f"Thanks, @{bob.username}", root)
    wait_for(lambda: comment_count(bob, post_id) == 2, "two comments")

    listed = wait_for(
        lambda: (
            (found := bob.get(f"/posts/{post_id}/comments")["comments"])
            and found[0]["reply_count"] == 1
            and found
        ),
        "the reply to be counted",
    )
    assert [each["id"] for each in listed] == [root]
    [answered] = bob.get(f"/comments/{root}/replies")["comments"]
    assert (answered["id"], answered["parent_comment_id"]) == (reply, root)
    assert [each["id"] for each in answered["mentions"]] == [bob.id]
    flat = bob.get(f"/api/v1/posts/{post_id}/comments")["comments"]
    assert [each["parentCommentId"] for each in flat] == [None, root]

    changed = bob.expect(200, "PATCH", f"/comments/{root}", {"content": "Great!"})
    assert (changed["content"], bool(changed["edited_at"])) == ("Great!", True)
    assert alice.expect(403, "PATCH", f"/comments/{root}", {"content": "x"})["code"] == "not_owner"

    assert alice.expect(200, "POST", f"/comments/{root}/like")["like_count"] == 1
    wait_for(
        lambda: bob.get(f"/posts/{post_id}/comments?sort=top")["comments"][0]["like_count"] == 1,
        "the like to be counted",
    )
    assert alice.expect(200, "DELETE", f"/comments/{root}/like")["like_count"] == 0

    assert bob.expect(200, "DELETE", f"/comments/{root}")["comment_count"] == 0
    assert bob.get(f"/posts/{post_id}/comments")["comments"] == []
    bob.expect(404, "GET", f"/comments/{root}/replies")
    alice.expect(404, "POST", f"/comments/{reply}/like")
    wait_for(lambda: comment_count(bob, post_id) == 0, "the deleted thread to be counted")


def test_the_author_of_a_post_pins_and_chooses_who_comments(alice: Person, bob: Person) -> None:
    post_id = a_post(alice)
    made = [write(bob, post_id, str(number)) for number in range(4)]

    def listed(asked: str = "") -> list[str]:
        page = bob.get(f"/posts/{post_id}/comments?{asked}")
        return [each["content"] for each in page["comments"]]

    wait_for(lambda: len(listed()) == 4, "all comments in their list")
    for number in (3, 1, 2):
        assert alice.expect(200, "POST", f"/comments/{made[number]}/pin")["pinned"] is True
    assert bob.expect(403, "POST", f"/comments/{made[0]}/pin")["code"] == "not_owner"
    assert alice.expect(409, "POST", f"/comments/{made[0]}/pin")["code"] == "limit_reached"
    assert listed() == listed("sort=newest") == ["2", "1", "3", "0"]
    assert alice.expect(200, "DELETE", f"/comments/{made[3]}/pin")["pinned"] is False
    assert listed() == ["2", "1", "0", "3"]
    bob.expect(200, "DELETE", f"/comments/{made[2]}")
    assert listed() == ["1", "0", "3"]

    chosen = alice.expect(200, "PATCH", f"/posts/{post_id}", {"who_can_comment": "following"})
    assert (chosen["who_can_comment"], chosen["comments_disabled"]) == ("following", False)
    body = {"post_id": post_id, "content": "Me too"}
    assert bob.expect(403, "POST", "/comments", body)["code"] == "comments_disabled"
    alice.expect(200, "POST", f"/users/{bob.username}/follow")
    bob.expect(201, "POST", "/comments", body)
    off = alice.expect(200, "PATCH", f"/posts/{post_id}", {"comments_disabled": True})
    assert off["who_can_comment"] == "nobody"
    assert bob.expect(403, "POST", "/comments", body)["code"] == "comments_disabled"


def test_a_comment_notifies_the_people_whom_it_mentions(
    api: Api, alice: Person, bob: Person
) -> None:
    carol, dora = join(api, "carol"), join(api, "dora")
    post_id = a_post(alice)

    def mentions(person: Person) -> list[dict[str, Any]]:
        listed = person.get("/notifications")["notifications"]
        return [each for each in listed if each["type"] == "comment.mentioned"]

    comment_id = write(bob, post_id, f"Look, @{carol.username.upper()}! I am @{bob.username}")
    [entry] = wait_for(lambda: mentions(carol), "the notification of the mention")
    assert entry["message"] == f"{bob.username} mentioned you in a comment"
    assert (entry["entity_type"], entry["entity_id"]) == ("comment", comment_id)
    assert entry["metadata"] == {"post_id": post_id, "comment_id": comment_id}

    def edit(content: str) -> None:
        bob.expect(200, "PATCH", f"/comments/{comment_id}", {"content": content})

    edit(f"Look, @{carol.username}, @{dora.username} and @{alice.username}!")
    wait_for(lambda: mentions(dora), "the notification of the new mention")
    assert len(mentions(carol)) == 1
    assert mentions(alice) == [], "a comment on her post is one entry"
    edit("Look, everybody!")
    wait_for(
        lambda: not mentions(carol) and not mentions(dora), "the notifications to be withdrawn"
    )
    assert mentions(bob) == []

    kept = write(bob, post_id, f"@{carol.username}?")
    wait_for(lambda: mentions(carol), "the next notification")
    bob.expect(200, "DELETE", f"/comments/{kept}")
    wait_for(lambda: not mentions(carol), "the notification of the deleted comment to be withdrawn")


def test_likers_are_listed(alice: Person, bob: Person) -> None:
    post_id = a_post(alice)
    bob.expect(200, "POST", f"/posts/{post_id}/like")
    listed = wait_for(
        lambda: (found := alice.get(f"/posts/{post_id}/likes"))["like_count"] and found,
        "the like to be counted",
    )
    assert [each["id"] for each in listed["users"]] == [bob.id]


def test_threads_that_are_written_and_deleted_are_counted_exactly(alice: Person, api: Api) -> None:
    post_id = a_post(alice)
    crowd = at_once(lambda _: join(api, "writer"), range(6))

    def write_and_delete(writer: Person) -> None:
        root = write(writer, post_id, "root")
        for number in range(3):
            write(writer, post_id, f"reply {number}", root)
        writer.expect(200, "DELETE", f"/comments/{root}")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        kept = pool.submit(write, alice, post_id, "kept")
        list(pool.map(write_and_delete, crowd))
        write(alice, post_id, "kept too", kept.result())
    flat = f"/api/v1/posts/{post_id}/comments?limit=100"
    wait_for(lambda: comment_count(alice, post_id) == 2, "the exact count", 60)
    assert len(alice.get(flat)["comments"]) == 2
