"""The story tray and its notifications on the deployed stack, under their own roles."""

from pathlib import Path
from typing import Any

from tests.e2e.client import Person, wait_for
from tests.e2e.conftest import Deployed


def tray_of(reader: Person) -> list[dict[str, Any]]:
    return list(reader.get("/stories/feed")["trays"])


def rank(stack: Deployed, reader: Person, author: Person) -> str:
    """Where an author's tray is among those of a reader."""
    key = {"user_id": {"S": reader.id}, "author_id": {"S": author.id}}
    found = stack.client("dynamodb").get_item(TableName=stack.table("story-trays"), Key=key)
    return str(found["Item"]["rank"]["S"])


def test_a_story_enters_trays_is_announced_and_leaves(
    stack: Deployed, alice: Person, bob: Person, photograph: Path
) -> None:
    bob.expect(200, "POST", f"/users/{alice.id}/follow", {"notify_stories": True})
    assert bob.get(f"/users/{alice.id}")["has_story"] is False
    upload_id = alice.upload(photograph, "image/jpeg", "story")
    assert alice.processed(upload_id)["status"] == "ready"
    made = alice.expect(201, "POST", "/stories", {"upload_id": upload_id})
    [own] = tray_of(alice)
    assert (own["user_id"], own["all_seen"]) == (alice.id, True)
    [tray] = wait_for(lambda: tray_of(bob), "the story to be in the follower's tray")
    assert (tray["user_id"], tray["all_seen"]) == (alice.id, False)
    assert [story["id"] for story in tray["stories"]] == [made["id"]]
    profile = bob.get(f"/users/{alice.id}")
    assert (profile["has_story"], profile["notify_stories"]) == (True, True)

    def announced() -> list[dict[str, Any]]:
        entries = bob.get("/notifications")["notifications"]
        return [each for each in entries if each["type"] == "story.created"]

    [entry] = wait_for(announced, "the follower to be notified")
    assert (entry["kind"], entry["entity_id"]) == ("STORY", made["id"])

    bob.get(f"/stories/{made['id']}")
    assert tray_of(bob)[0]["all_seen"] is True
    wait_for(lambda: rank(stack, bob, alice).startswith("0#"), "the row to say that it is seen")
    changed = bob.expect(200, "PUT", f"/users/{alice.id}/follow", {"notify_stories": False})
    assert changed["notify_stories"] is False
    assert bob.get(f"/users/{alice.id}")["notify_stories"] is False
    alice.expect(200, "POST", f"/hide-story/{bob.id}")
    assert tray_of(bob) == []
    assert bob.get(f"/users/{alice.id}")["has_story"] is False
    assert announced() == []
    alice.expect(200, "DELETE", f"/hide-story/{bob.id}")
    assert [each["user_id"] for each in tray_of(bob)] == [alice.id]
    bob.expect(200, "DELETE", f"/users/{alice.id}/follow")
    assert tray_of(bob) == []


def test_a_new_follower_finds_the_stories_of_today(
    alice: Person, bob: Person, photograph: Path
) -> None:
    upload_id = alice.upload(photograph, "image/jpeg", "story")
    assert alice.processed(upload_id)["status"] == "ready"
    alice.expect(201, "POST", "/stories", {"upload_id": upload_id})
    assert tray_of(bob) == []
    bob.expect(200, "POST", f"/users/{alice.id}/follow")
    [tray] = wait_for(lambda: tray_of(bob), "the author to enter the tray")
    assert tray["user_id"] == alice.id
