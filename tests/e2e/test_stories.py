"""Stories on the deployed stack: seen, liked, deleted and restored, under their own roles."""

from pathlib import Path

from tests.e2e.client import Api, Person, join, wait_for


def test_a_story_is_seen_liked_deleted_and_restored(
    alice: Person, bob: Person, photograph: Path
) -> None:
    upload_id = alice.upload(photograph, "image/jpeg", "story")
    assert alice.processed(upload_id)["status"] == "ready"
    caption = f"Look, @{bob.username}"
    made = alice.expect(201, "POST", "/stories", {"upload_id": upload_id, "caption": caption})
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
    wait_for(
        lambda: (
            "story.liked" in [each["type"] for each in alice.get("/notifications")["notifications"]]
        ),
        "the author to be notified of the like",
    )
    wait_for(
        lambda: (
            "story.mentioned"
            in [each["type"] for each in bob.get("/notifications")["notifications"]]
        ),
        "the mentioned person to be notified",
    )
    assert [each["id"] for each in bob.get(f"/users/{alice.id}/stories")["stories"]] == [made["id"]]
    alice.expect(200, "DELETE", path)
    assert bob.expect(404, "GET", path)["code"] == "story_not_found"
    assert [each["id"] for each in alice.get("/stories/deleted")["stories"]] == [made["id"]]
    alice.expect(200, "POST", f"{path}/restore")
    assert bob.get(path)["is_liked"] is True


def test_a_story_for_close_friends_does_not_exist_for_others(
    api: Api, alice: Person, bob: Person, photograph: Path
) -> None:
    upload_id = alice.upload(photograph, "image/jpeg", "story")
    assert alice.processed(upload_id)["status"] == "ready"
    body = {"upload_id": upload_id, "close_friends_only": True}
    made = alice.expect(201, "POST", "/stories", body)
    outsider = join(api, "outsider")
    for person in (bob, outsider):
        assert person.expect(404, "GET", f"/stories/{made['id']}")["code"] == "story_not_found"
    alice.expect(200, "POST", f"/close-friends/{bob.id}")
    assert bob.get(f"/stories/{made['id']}")["close_friends_only"] is True
    assert outsider.expect(404, "GET", f"/stories/{made['id']}")["code"] == "story_not_found"
