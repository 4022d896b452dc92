"""Messages on the deployed stack show pictures to members, and stories to their audience."""

from pathlib import Path

import httpx

from tests.e2e.client import Api, Person, join, wait_for
from tests.e2e.test_rooms import befriend


def test_a_picture_is_shown_to_the_members_until_it_is_unsent(
    api: Api, alice: Person, bob: Person, photograph: Path
) -> None:
    room, outsider = befriend(alice, bob), join(api, "outsider")
    upload_id = alice.upload(photograph, "image/jpeg", "message")
    upload = alice.processed(upload_id)
    with alice.socket() as own, bob.socket() as other:
        frame = {"action": "send_message", "roomId": room, "media_url": upload["media_url"]}
        own.send({**frame, "message": "The rocket"})
        sent = own.wait_for("new_message")["data"]
        received = other.wait_for("new_message")["data"]
    assert (received["id"], received["type"]) == (sent["id"], "image")
    assert received["message"] == "The rocket"
    [listed] = bob.get(f"/conversations/{room}/messages")["messages"]
    for message in (received, listed):
        for url in (message["media_url"], *message["media"]["variants_webp"].values()):
            fetched = httpx.get(url, timeout=30)
            assert fetched.status_code == 200, fetched.text
            assert fetched.headers["content-type"].startswith("image/")
    assert bob.get("/conversations")["conversations"][0]["last_message"]["media_type"] == "image"

    body = {"upload_id": upload_id}
    for method, path, given, code in (
        ("GET", f"/conversations/{room}/messages", None, "conversation_not_found"),
        ("POST", f"/conversations/{room}/messages", body, "conversation_not_found"),
        ("PUT", f"/messages/{sent['id']}/reaction", {"emoji": "🚀"}, "message_not_found"),
        ("GET", f"/media/uploads/{upload_id}", None, "upload_not_found"),
    ):
        assert outsider.expect(404, method, path, given)["code"] == code
    assert alice.expect(409, "DELETE", f"/media/uploads/{upload_id}")["code"] == "upload_in_use"

    alice.expect(200, "DELETE", f"/messages/{sent['id']}")
    wait_for(
        lambda: alice.call("GET", f"/media/uploads/{upload_id}").status_code == 404,
        "the upload to be deleted",
    )
    wait_for(
        lambda: httpx.get(listed["media_url"], timeout=30).status_code == 404,
        "its files to be removed",
    )


def test_the_end_of_a_group_takes_its_pictures_with_it(
    alice: Person, bob: Person, photograph: Path
) -> None:
    body = {"participant_ids": [bob.id], "group_name": "For an hour"}
    room = alice.expect(201, "POST", "/conversations", body)["id"]
    upload_id = alice.upload(photograph, "image/jpeg", "message")
    alice.processed(upload_id)
    alice.expect(201, "POST", f"/conversations/{room}/messages", {"upload_id": upload_id})
    for person in (alice, bob):
        person.expect(200, "DELETE", f"/conversations/{room}/leave")
    wait_for(
        lambda: alice.call("GET", f"/media/uploads/{upload_id}").status_code == 404,
        "the upload to be deleted",
        patience=150,  # the queue that empties groups waits a minute
    )


def test_a_story_in_a_message_is_shown_to_its_audience(
    api: Api, alice: Person, bob: Person, photograph: Path
) -> None:
    author, room = alice, befriend(bob, alice)
    upload_id = author.upload(photograph, "image/jpeg", "story")
    author.processed(upload_id)
    story = author.expect(201, "POST", "/stories", {"upload_id": upload_id, "caption": "Lift-off"})
    reply = {"story_id": story["id"], "content": "🚀"}
    sent = bob.expect(201, "POST", f"/conversations/{room}/messages", reply)
    assert (sent["type"], sent["story_id"], sent["story"]) == ("story", story["id"], None)
    [received] = author.get(f"/conversations/{room}/messages")["messages"]
    assert received["story"]["caption"] == "Lift-off"

    friend = join(api, "friend")
    shared = befriend(bob, friend)
    bob.expect(201, "POST", f"/conversations/{shared}/messages", {"story_id": story["id"]})
    [seen] = friend.get(f"/conversations/{shared}/messages")["messages"]
    assert httpx.get(seen["story"]["media_url"], timeout=30).status_code == 200
    author.expect(200, "POST", f"/hide-story/{friend.id}")
    [hidden] = friend.get(f"/conversations/{shared}/messages")["messages"]
    assert (hidden["id"], hidden["story"]) == (seen["id"], None)
    assert bob.get(f"/conversations/{shared}/messages")["messages"][0]["story"]
    author.expect(200, "DELETE", f"/stories/{story['id']}")
    for person, conversation in ((author, room), (bob, shared)):
        [gone] = person.get(f"/conversations/{conversation}/messages")["messages"]
        assert (gone["story_id"], gone["story"]) == (story["id"], None)
