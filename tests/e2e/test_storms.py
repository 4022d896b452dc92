"""A storm of likes on the deployed stack: stream, topic, queue, list and socket."""

from typing import Any

from shared.clock import now, seconds, timestamp
from shared.dynamodb.tallies import WINDOW
from shared.ids import new_id
from tests.e2e.client import Person, wait_for
from tests.e2e.conftest import Deployed

LIKES = 119  # of accounts that are not there; then one that is

_STORM = 60  # seconds that the likes take at most
_SLOW = 150  # seconds
_FRESH = 1  # seconds by which the names of a storm may be older than its latest fact


def store_likes(stack: Deployed, author: Person, post_id: str) -> str:
    """Store likes of a post, all of the moment that is returned."""
    at = timestamp()
    likes = [
        {
            "post_id": post_id,
            "user_id": new_id(),
            "username": "somebody",
            "author_id": author.id,
            "liked_at": at,
        }
        for _ in range(LIKES)
    ]
    for start in range(0, LIKES, 25):
        puts = [
            {"PutRequest": {"Item": {name: {"S": value} for name, value in each.items()}}}
            for each in likes[start : start + 25]
        ]
        stack.client("dynamodb").batch_write_item(RequestItems={stack.table("likes"): puts})
    return at


def groups(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.get("/notifications?grouped=true")["groups"]
    return [each for each in found if each["type"] == "post.liked"]


def test_a_storm_is_one_entry_with_an_exact_number_and_the_last_state_is_pushed(
    stack: Deployed, alice: Person, bob: Person
) -> None:
    post_id = alice.expect(201, "POST", "/posts", {"content": "Look!"})["id"]
    # All of it is to be within one window.
    wait_for(lambda: now() % WINDOW < WINDOW - _STORM, "the next window", _STORM + 1)
    with alice.socket() as socket:
        liked_at = store_likes(stack, alice, post_id)
        while (data := socket.wait_for("notification", _SLOW)["data"])["actor_count"] < LIKES:
            pass
        assert (data["type"], data["entity_id"]) == ("post.liked", post_id)
        # Full batches of the storm may still be ahead of this like.
        wait_for(lambda: now() > seconds(liked_at) + 2 * _FRESH, "a moment after the storm")
        bob.expect(200, "POST", f"/posts/{post_id}/like")
        names = f"{bob.username} and {LIKES} others liked your post"
        # The number is counted first, the names follow.
        while socket.wait_for("notification", _SLOW)["data"]["message"] != names:
            pass
    [group] = groups(alice)
    assert group["message"] == names
    assert group["actor_count"] == LIKES + 1
    assert alice.get("/notifications/unread-count")["unread_count"] >= 1

    bob.expect(200, "DELETE", f"/posts/{post_id}/like")
    wait_for(lambda: groups(alice)[0]["actor_count"] == LIKES, "the number without bob")
    wait_for(lambda: not groups(alice)[0]["actors"], "bob to leave the names")
    alice.expect(200, "PUT", f"/notifications/{group['group_id']}/read")
    assert groups(alice)[0]["is_read"] is True
