"""Comments on the deployed stack: both dialects, threads that go, exact counts."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.client import Api, Person, join, wait_for


def a_post(author: Person) -> str:
    return str(author.expect(201, "POST", "/posts", {"content": "What do you say?"})["id"])


def write(person: Person, post_id: str, content: str, parent: str | None = None) -> str:
    body = {"post_id": post_id, "content": content, "parent_comment_id": parent}
    return str(person.expect(201, "POST", "/comments", body)["id"])


def comment_count(person: Person, post_id: str) -> int:
    return int(person.get(f"/posts/{post_id}")["comment_count"])


def test_a_comment_lives_and_goes(alice: Person, bob: Person) -> None:
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
    wait_for(lambda: comment_count(bob, post_id) == 0, "the thread to be counted off")


def test_likers_are_listed(alice: Person, bob: Person) -> None:
    post_id = a_post(alice)
    bob.expect(200, "POST", f"/posts/{post_id}/like")
    listed = wait_for(
        lambda: (found := alice.get(f"/posts/{post_id}/likes"))["like_count"] and found,
        "the like to be counted",
    )
    assert [each["id"] for each in listed["users"]] == [bob.id]


@pytest.mark.timeout(300)
def test_threads_that_come_and_go_at_once_are_counted_exactly(alice: Person, api: Api) -> None:
    post_id = a_post(alice)
    with ThreadPoolExecutor(4) as pool:
        crowd = list(pool.map(lambda _: join(api, "writer"), range(6)))

    def live_and_die(writer: Person) -> None:
        root = write(writer, post_id, "root")
        for number in range(3):
            write(writer, post_id, f"reply {number}", root)
        writer.expect(200, "DELETE", f"/comments/{root}")

    with ThreadPoolExecutor(8) as pool:
        kept = pool.submit(write, alice, post_id, "kept")
        list(pool.map(live_and_die, crowd))
        write(alice, post_id, "kept too", kept.result())
    flat = f"/api/v1/posts/{post_id}/comments?limit=100"
    wait_for(lambda: comment_count(alice, post_id) == 2, "the count to be what is there", 60)
    assert len(alice.get(flat)["comments"]) == 2
