"""A moderator's day on the deployed stack: reports of every kind, under the roles' rights alone."""

from pathlib import Path
from typing import Any

import pytest

from infra.make_admin import make_admin
from tests.e2e.client import Api, Person, join, log_in, wait_for
from tests.e2e.conftest import STACK, Deployed
from tests.e2e.test_rooms import befriend
from tests.e2e.test_stories import publish


@pytest.fixture
def admin(stack: Deployed, api: Api, monkeypatch: pytest.MonkeyPatch) -> Person:
    """An administrator whom the deployer's script made."""
    made = join(api, "moderator")
    for name, value in {
        "STACK": STACK,
        "AWS_ENDPOINT_URL": stack.endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, value)
    assert make_admin(made.username) == made.username
    made.token = log_in(made)
    return made


def a_post(author: Person, photograph: Path) -> Any:
    upload_id = author.upload(photograph, "image/jpeg")
    assert author.processed(upload_id)["status"] == "ready"
    body = {"caption": "Buy now", "upload_ids": [upload_id]}
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
    stack: Deployed, api: Api, admin: Person, alice: Person, bob: Person, photograph: Path
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
