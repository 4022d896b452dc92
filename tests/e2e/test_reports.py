"""A moderator's day on the deployed stack: reports of every kind, and a decision reversed."""

from pathlib import Path
from typing import Any

import httpx

from tests.e2e.client import Api, Person, new_name, wait_for
from tests.e2e.test_rooms import befriend
from tests.e2e.test_stories import publish


def a_post(author: Person, photograph: Path, caption: str = "Buy now") -> Any:
    upload_id = author.upload(photograph, "image/jpeg")
    assert author.processed(upload_id)["status"] == "ready"
    body = {"caption": caption, "upload_ids": [upload_id]}
    return author.expect(201, "POST", "/posts", body)


def report(person: Person, kind: str, target_id: str) -> str:
    body = {"target_type": kind, "target_id": target_id, "reason": "Spam"}
    report_id: str = person.expect(201, "POST", "/reports", body)["report_id"]
    assert person.expect(200, "POST", "/reports", body)["report_id"] == report_id
    return report_id


def accept(admin: Person, report_id: str) -> Any:
    body = {"action": "ACCEPT", "note": "Advertisement"}
    return admin.expect(200, "POST", f"/admin/reports/{report_id}/resolve", body)


def notified(person: Person, type_name: str) -> list[str]:
    """The ids of what a person's notifications of a type are about."""
    listed = person.get("/notifications?limit=100")["notifications"]
    return [each["entity_id"] for each in listed if each["type"] == type_name]


def test_what_is_reported_is_removed_and_everybody_concerned_is_notified(
    admin: Person, alice: Person, bob: Person, photograph: Path
) -> None:
    owner, room = alice, befriend(alice, bob)
    post, other = a_post(owner, photograph), a_post(bob, photograph)
    words = {"post_id": other["id"], "content": "Buy now"}
    comment = owner.expect(201, "POST", "/comments", words)
    story = publish(owner, photograph)
    message = owner.expect(201, "POST", f"/conversations/{room}/messages", {"content": "Buy now"})
    targets = {
        "post": post["id"],
        "comment": comment["id"],
        "story": story["id"],
        "message": message["id"],
        "user": owner.id,
    }
    reports = {kind: report(bob, kind, target_id) for kind, target_id in targets.items()}
    for report_id in reports.values():
        wait_for(
            lambda wanted=report_id: wanted in notified(admin, "report.created"),
            "the administrator to be notified",
        )

    queue = wait_for(
        lambda: (
            (found := admin.get("/admin/reports?limit=100"))
            and {each["id"] for each in found["reports"]} >= set(reports.values())
            and found
        ),
        "the reports to be listed",
    )
    shown = {each["id"]: each for each in queue["reports"]}
    assert shown[reports["post"]]["target"]["text"] == "Buy now"
    assert len(shown[reports["post"]]["target"]["media"]) == 1
    assert bob.expect(403, "GET", "/admin/reports")["code"] == "admin_only"

    with bob.socket() as socket:
        for kind in ("post", "comment", "story", "message"):
            assert accept(admin, reports[kind])["status"] == "accepted"
        frame = socket.wait_for("message_deleted")
    assert frame["data"]["message_id"] == message["id"]
    bob.expect(404, "GET", f"/posts/{post['id']}")
    owner.expect(404, "POST", f"/posts/{post['id']}/restore")
    owner.expect(404, "POST", f"/stories/{story['id']}/restore")
    assert bob.get(f"/posts/{other['id']}/comments")["comments"] == []
    assert bob.get(f"/conversations/{room}/messages")["messages"] == []
    for kind, target_id in targets.items():
        if kind != "user":
            wait_for(
                lambda wanted=target_id: wanted in notified(owner, "content.removed"),
                f"the owner to be notified of the {kind}",
            )
        if kind != "user":
            wait_for(
                lambda wanted=reports[kind]: wanted in notified(bob, "report.resolved"),
                f"the reporter to be notified of the {kind}",
            )

    accept(admin, reports["user"])
    assert owner.call("GET", "/profile").status_code == 401
    bob.expect(404, "GET", f"/users/{owner.username}")
    found = wait_for(
        lambda: admin.get(f"/admin/users?status=banned&q={owner.username}")["users"],
        "the banned account to be listed",
    )
    assert [each["ban_reason"] for each in found] == ["Advertisement"]

    second = a_post(bob, photograph)
    admin.expect(200, "DELETE", f"/admin/posts/{second['id']}?reason=Spam")
    bob.expect(404, "POST", f"/posts/{second['id']}/restore")
    log = admin.get("/admin/audit-log?admin=me&limit=100")["entries"]
    assert [each["action"] for each in log] == ["remove_post", *["resolve_report"] * 5]
    [entry] = admin.get(f"/admin/audit-log?target_id={second['id']}")["entries"]
    assert (entry["reason"], entry["admin"]["id"]) == ("Spam", admin.id)


def subjects(api: Api, person: Person) -> list[str]:
    """The subjects of a person's mails."""
    return [mail["Subject"] for mail in api.mails_to(person.email)]


def where(reader: Person, author: Person, post_id: str, tag: str) -> dict[str, Any]:
    """Where a follower finds the post, and what its author's and its tag's counts are."""
    home = reader.get("/feed/home")["posts"]
    tagged = reader.get(f"/hashtags/{tag}/posts")
    return {
        "alone": reader.call("GET", f"/posts/{post_id}").status_code,
        "home": post_id in [each["id"] for each in home],
        "tag": post_id in [each["id"] for each in tagged["posts"]],
        "tag_count": tagged["post_count"],
        "post_count": reader.get(f"/users/{author.username}")["post_count"],
    }


def resolve_appeal(admin: Person, appeal_id: str, action: str = "REVERSE") -> Any:
    body = {"action": action, "note": "It breaks no rule."}
    return admin.expect(200, "POST", f"/admin/appeals/{appeal_id}/resolve", body)


def appeal(owner: Person, target_id: str) -> str:
    """Appeal the strike of this target; return the appeal's id."""
    [strike] = wait_for(
        lambda: [
            each
            for each in owner.get("/users/me/strikes")["strikes"]
            if each["target_id"] == target_id
        ],
        "the strike to be listed",
    )
    body = {"strike_id": strike["id"], "text": "It was a joke."}
    return str(owner.expect(201, "POST", "/appeals", body)["id"])


def test_a_moderators_day_from_the_report_to_the_reversal(
    api: Api, admin: Person, alice: Person, bob: Person, photograph: Path
) -> None:
    befriend(alice, bob)
    tag = new_name("offer")
    post_id = a_post(alice, photograph, f"Buy now #{tag}")["id"]
    bob.expect(200, "POST", f"/posts/{post_id}/like")
    words = {"post_id": post_id, "content": "Really?"}
    bob.expect(201, "POST", "/comments", words)
    there = {"alone": 200, "home": True, "tag": True, "tag_count": 1, "post_count": 1}
    wait_for(lambda: where(bob, alice, post_id, tag) == there, "the post to be everywhere")
    wait_for(lambda: counts(bob, post_id) == (1, 1), "like and comment to be counted")

    report_id = report(bob, "post", post_id)
    accept(admin, report_id)
    gone = {"alone": 404, "home": False, "tag": False, "tag_count": 0, "post_count": 0}
    wait_for(lambda: where(bob, alice, post_id, tag) == gone, "the post to be nowhere")
    wait_for(
        lambda: any("removed" in each for each in subjects(api, alice)), "the mail of the removal"
    )
    alice.expect(404, "POST", f"/posts/{post_id}/restore")

    appeal_id = appeal(alice, post_id)
    alice.expect(409, "POST", "/appeals", {"strike_id": appeal_id, "text": "Again."})
    wait_for(lambda: appeal_id in notified(admin, "appeal.created"), "the admin to be notified")
    [waiting] = [
        each for each in admin.get("/admin/appeals?limit=100")["appeals"] if each["id"] == appeal_id
    ]
    assert waiting["text"] == "It was a joke."
    [picture] = waiting["strike"]["target"]["media"]
    assert httpx.get(picture["url"]).status_code == 200
    assert bob.expect(403, "GET", "/admin/appeals")["code"] == "admin_only"

    assert resolve_appeal(admin, appeal_id)["status"] == "reversed"
    assert bob.get(f"/posts/{post_id}")["id"] == post_id  # at once
    wait_for(lambda: where(bob, alice, post_id, tag) == there, "the post to be back everywhere")
    assert counts(bob, post_id) == (1, 1)
    wait_for(lambda: appeal_id in notified(alice, "appeal.reversed"), "the owner to be notified")
    wait_for(
        lambda: any("appeal was decided" in each for each in subjects(api, alice)),
        "the mail of the reversal",
    )
    reversed_ = admin.get("/admin/reports?status=reversed&limit=100")["reports"]
    assert report_id in [each["id"] for each in reversed_]
    [latest, *_] = admin.get(f"/admin/audit-log?target_id={post_id}")["entries"]
    assert (latest["action"], latest["details"]["is_back"]) == ("resolve_appeal", True)
    assert notified(bob, "report.resolved") == [report_id]


def counts(reader: Person, post_id: str) -> tuple[int, int]:
    post = reader.get(f"/posts/{post_id}")
    return post["like_count"], post["comment_count"]
