"""Stories on the deployed stack: seen, liked, deleted, restored, highlighted and shared, under
their own roles."""

from pathlib import Path
from typing import Any

import httpx

from shared.clock import now, timestamp
from tests.e2e.client import Api, Person, join, wait_for
from tests.e2e.conftest import Deployed


def publish(author: Person, photograph: Path, **given: Any) -> Any:
    """A story of a photograph, once it is ready."""
    upload_id = author.upload(photograph, "image/jpeg", "story")
    assert author.processed(upload_id)["status"] == "ready"
    return author.expect(201, "POST", "/stories", {"upload_id": upload_id, **given})


def publish_first(author: Person, **given: Any) -> tuple[Any, Any]:
    """A form for a file that is still to come, and the story of it."""
    body = {"content_type": "image/jpeg", "purpose": "story"}
    form = author.expect(201, "POST", "/media/uploads", body)
    return form, author.expect(201, "POST", "/stories", {"upload_id": form["upload_id"], **given})


def send(form: Any, content: bytes) -> None:
    sent = httpx.post(
        form["upload_url"], data=form["upload_fields"], files={"file": content}, timeout=60
    )
    assert sent.status_code in (200, 201, 204), sent.text


def end_its_day(stack: Deployed, author: Person, story_id: str) -> None:
    """Let the story be two days old."""
    stack.client("dynamodb").update_item(
        TableName=stack.table("stories"),
        Key={"author_id": {"S": author.id}, "story_id": {"S": story_id}},
        UpdateExpression="SET created_at = :at",
        ExpressionAttributeValues={":at": {"S": timestamp(now() - 48 * 3600)}},
    )


def types_notified(person: Person) -> list[str]:
    return [each["type"] for each in person.get("/notifications")["notifications"]]


def test_a_story_is_seen_liked_deleted_and_restored(
    alice: Person, bob: Person, photograph: Path
) -> None:
    caption = f"Look, @{bob.username}"
    made = publish(alice, photograph, caption=caption)
    path = f"/stories/{made['id']}"
    seen = bob.get(path)
    assert (seen["caption"], seen["is_viewed"], seen["view_count"]) == (caption, True, None)
    assert bob.get(path)["id"] == made["id"], "a second look is no second view"
    assert bob.expect(200, "POST", f"{path}/like")["liked"] is True
    wait_for(
        lambda: (now := alice.get(path)) and (now["view_count"], now["like_count"]) == (1, 1),
        "a view and a like to be counted",
    )
    [viewer] = alice.get(f"{path}/viewers")["viewers"]
    assert (viewer["user"]["id"], viewer["liked"]) == (bob.id, True)
    wait_for(lambda: "story.liked" in types_notified(alice), "the author to be notified")
    wait_for(lambda: "story.mentioned" in types_notified(bob), "the mention to be notified")
    assert [each["id"] for each in bob.get(f"/users/{alice.id}/stories")["stories"]] == [made["id"]]
    alice.expect(200, "DELETE", path)
    assert bob.expect(404, "GET", path)["code"] == "story_not_found"
    assert [each["id"] for each in alice.get("/stories/deleted")["stories"]] == [made["id"]]
    alice.expect(200, "POST", f"{path}/restore")
    assert bob.get(path)["is_liked"] is True


def test_a_story_for_close_friends_does_not_exist_for_others(
    api: Api, alice: Person, bob: Person, photograph: Path
) -> None:
    made = publish(alice, photograph, close_friends_only=True)
    outsider = join(api, "outsider")
    for person in (bob, outsider):
        assert person.expect(404, "GET", f"/stories/{made['id']}")["code"] == "story_not_found"
    alice.expect(200, "POST", f"/close-friends/{bob.id}")
    assert bob.get(f"/stories/{made['id']}")["close_friends_only"] is True
    assert outsider.expect(404, "GET", f"/stories/{made['id']}")["code"] == "story_not_found"


def test_a_story_appears_by_itself_when_its_file_has_come(
    alice: Person, bob: Person, photograph: Path
) -> None:
    form, made = publish_first(alice, caption=f"Soon, @{bob.username}")
    assert (made["status"], made["media"]["status"]) == ("processing", "processing")
    path = f"/stories/{made['id']}"
    assert bob.expect(404, "GET", path)["code"] == "story_not_found"
    listing = f"/users/{alice.id}/stories"
    assert [each["id"] for each in alice.get(listing)["stories"]] == [made["id"]]
    assert bob.get(listing)["stories"] == []
    send(form, photograph.read_bytes())
    wait_for(lambda: bob.call("GET", path).status_code == 200, "the story to appear")
    shown = bob.get(path)
    assert (shown["status"], shown["caption"]) == ("ready", f"Soon, @{bob.username}")
    assert httpx.get(shown["media_url"], timeout=30).status_code == 200
    wait_for(lambda: "story.mentioned" in types_notified(bob), "the mention to be notified")


def test_a_file_that_is_no_picture_fails_its_story(alice: Person, bob: Person) -> None:
    form, made = publish_first(alice)
    send(form, b"no picture at all")
    path = f"/stories/{made['id']}"
    wait_for(lambda: alice.get(path)["status"] == "failed", "the story to fail")
    assert alice.get(path)["media"]["error"]["code"] == "media_unreadable"
    assert bob.call("GET", path).status_code == 404


def test_a_highlight_outlives_the_day(
    stack: Deployed, alice: Person, bob: Person, photograph: Path
) -> None:
    plain = publish(alice, photograph, caption="For everyone")["id"]
    secret = publish(alice, photograph, close_friends_only=True)["id"]
    body = {"title": "Winter", "story_ids": [secret, plain], "cover_story_id": secret}
    made = alice.expect(201, "POST", "/highlights", body)
    assert (made["story_count"], bool(made["cover_url"])) == (2, True)
    path, listing = f"/highlights/{made['id']}", f"/users/{alice.id}/highlights"
    end_its_day(stack, alice, plain)
    assert bob.expect(410, "GET", f"/stories/{plain}")["code"] == "story_expired"
    shown = bob.get(path)
    assert [(each["id"], each["is_expired"]) for each in shown["stories"]] == [(plain, True)]
    assert httpx.get(shown["stories"][0]["media_url"], timeout=30).status_code == 200
    assert httpx.get(shown["cover_url"], timeout=30).status_code == 200
    assert secret not in str(shown)
    assert [each["story_count"] for each in bob.get(listing)["highlights"]] == [1]
    assert bob.expect(403, "PUT", path, {"title": "Mine"})["code"] == "not_owner"
    viewers = alice.get(f"/stories/{plain}/viewers")
    assert viewers["view_count"] == 0, "looking at a highlight is no view"

    alice.expect(200, "POST", f"/hide-story/{bob.id}")
    assert bob.expect(404, "GET", path)["code"] == "highlight_not_found"
    assert bob.get(listing)["highlights"] == []
    alice.expect(200, "DELETE", f"/hide-story/{bob.id}")
    alice.expect(200, "DELETE", f"/stories/{plain}")
    assert bob.expect(404, "GET", path)["code"] == "highlight_not_found"
    alice.expect(200, "POST", f"/stories/{plain}/restore")
    assert bob.get(path)["story_count"] == 1

    assert alice.expect(200, "PUT", path, {"title": "Spring"})["title"] == "Spring"
    alice.expect(200, "DELETE", path)
    assert alice.expect(404, "GET", path)["code"] == "highlight_not_found"


def test_who_is_mentioned_adds_the_story_to_their_own(
    api: Api, alice: Person, bob: Person, photograph: Path
) -> None:
    original = publish(alice, photograph, caption=f"With @{bob.username}")
    wait_for(lambda: "story.mentioned" in types_notified(bob), "the mention to be notified")
    [entry] = bob.get("/notifications")["notifications"]
    assert entry["metadata"] == {"story_id": original["id"], "can_add_to_story": True}
    made = bob.expect(201, "POST", "/stories", {"shared_story_id": original["id"]})
    outsider = join(api, "outsider")
    shown = outsider.get(f"/stories/{made['id']}")
    assert shown["shared_story"]["story_id"] == original["id"]
    assert shown["shared_story"]["author"]["username"] == alice.username
    assert httpx.get(shown["media_url"], timeout=30).status_code == 200
    refused = outsider.expect(403, "POST", "/stories", {"shared_story_id": original["id"]})
    assert refused["code"] == "sharing_not_allowed"
    alice.expect(200, "DELETE", f"/stories/{original['id']}")
    for person in (bob, outsider):
        assert person.expect(404, "GET", f"/stories/{made['id']}")["code"] == "story_not_found"
