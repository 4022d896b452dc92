"""Saved posts and collections on the running stack."""

from typing import Any

import pytest

from tests.e2e.client import Person, wait_for


def create(person: Person, name: str) -> str:
    return str(person.expect(201, "POST", "/collections", {"name": name})["id"])


def posts_in(person: Person, collection_id: str = "default") -> list[str]:
    return [post["id"] for post in person.get(f"/collections/{collection_id}")["posts"]]


def counts(person: Person) -> dict[str, int]:
    listed = person.get("/collections")["collections"]
    return {each["name"]: each["post_count"] for each in listed}


@pytest.fixture
def posts(bob: Person) -> list[str]:
    return [
        bob.expect(201, "POST", "/posts", {"content": f"Post {number}"})["id"]
        for number in range(3)
    ]


def test_a_post_is_saved_in_collections_and_unsaved_everywhere(
    alice: Person, bob: Person, posts: list[str]
) -> None:
    assert counts(alice) == {"All Posts": 0}
    winter, summer = create(alice, "Winter"), create(alice, "Summer")
    for post_id in posts:
        alice.expect(200, "POST", f"/collections/{winter}/save", {"post_id": post_id})
    alice.expect(200, "POST", f"/collections/{summer}/posts", {"post_id": posts[0]})
    assert counts(alice) == {"All Posts": 3, "Summer": 1, "Winter": 3}
    assert posts_in(alice) == posts_in(alice, winter) == posts[::-1]
    assert alice.get(f"/posts/{posts[0]}")["is_saved"] is True
    assert bob.get(f"/posts/{posts[0]}")["is_saved"] is False
    listed = alice.get(f"/users/{bob.username}/posts")["posts"]
    assert [post["is_saved"] for post in listed] == [True] * 3
    assert alice.get(f"/posts/{posts[0]}/collections") == {
        "saved": True,
        "collection_ids": [alice.id, summer, winter],
    }
    bob.expect(404, "GET", f"/collections/{winter}")

    gone = alice.expect(200, "DELETE", f"/collections/{summer}/unsave?post_id={posts[0]}")
    assert gone["saved"] is True and posts_in(alice, summer) == []
    alice.expect(200, "POST", f"/collections/{summer}/posts", {"post_id": posts[0]})
    gone = alice.expect(200, "DELETE", f"/collections/default/posts/{posts[0]}")
    assert gone["saved"] is False
    assert posts_in(alice, winter) == posts[:0:-1] and posts_in(alice, summer) == []
    assert alice.get(f"/posts/{posts[0]}")["is_saved"] is False
    # The counts of the other collections follow later, by the stream.
    left = {"All Posts": 2, "Summer": 0, "Winter": 2}
    wait_for(lambda: counts(alice) == left, "the counts of what is left")

    alice.expect(200, "PUT", f"/collections/{winter}", {"new_name": "Snow"})
    alice.expect(200, "DELETE", f"/collections/{winter}")
    alice.expect(404, "GET", f"/collections/{winter}")
    assert counts(alice) == {"All Posts": 2, "Summer": 0}
    assert posts_in(alice) == posts[:0:-1]
    refused: Any = alice.expect(403, "DELETE", "/collections/default")
    assert refused["code"] == "default_collection"


def test_a_deleted_collection_is_emptied(alice: Person, posts: list[str], stack: Any) -> None:
    winter = create(alice, "Winter")
    for post_id in posts:
        alice.expect(200, "POST", f"/collections/{winter}/save", {"post_id": post_id})
    alice.expect(200, "DELETE", f"/collections/{winter}")

    def left() -> set[str]:
        found = stack.client("dynamodb").query(
            TableName=stack.table("saved-posts"),
            KeyConditionExpression="user_id = :user",
            ExpressionAttributeValues={":user": {"S": alice.id}},
        )
        return {item["entry"]["S"] for item in found["Items"]}

    kept = {f"{post_id}#default" for post_id in posts}
    wait_for(lambda: left() == kept, "the collection to be empty")


def test_a_saved_post_is_hidden_by_a_block(alice: Person, bob: Person, posts: list[str]) -> None:
    alice.expect(200, "POST", "/collections/default/save", {"post_id": posts[0]})
    bob.expect(200, "POST", f"/users/{alice.username}/block")
    assert posts_in(alice) == [] and counts(alice) == {"All Posts": 1}
    alice.expect(404, "POST", "/collections/default/save", {"post_id": posts[1]})
    bob.expect(200, "DELETE", f"/users/{alice.username}/block")
    assert posts_in(alice) == posts[:1]
