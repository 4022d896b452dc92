"""Reports on real tables: the queue, the decision in one transaction, and the log of it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from moderation import create_report, list_audit_log, list_reports, resolve_report
from moderation.models import OpenReport
from posts import restore_post
from posts.models import Post
from shared.access.caller import Caller
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.posts import a_picture, a_post, call
from tests.support.stories import a_story
from users.models import User


@pytest.fixture(autouse=True)
def on_the_foundation(foundation: Any) -> None:
    """All of these need the tables."""


@pytest.fixture
def admin() -> Caller:
    return replace(a_user(role="admin"), role="admin")


def report(caller: Caller, kind: str, target_id: str) -> tuple[int, Any]:
    body = {"target_type": kind, "target_id": target_id, "reason": "Spam"}
    return call(create_report, "POST /reports", caller, body=body)


def resolve(admin: Caller, report_id: str, action: str = "accept") -> tuple[int, Any]:
    route = "POST /admin/reports/{report_id}/resolve"
    return call(
        resolve_report, route, admin, path={"report_id": report_id}, body={"action": action}
    )


def listed(admin: Caller, **asked: str) -> list[str]:
    """The ids of the whole queue, page by page."""
    found: list[str] = []
    cursor = None
    while True:
        given = {**asked, "limit": "2", **({"cursor": cursor} if cursor else {})}
        status, page = call(list_reports, "GET /admin/reports", admin, query=given)
        assert status == 200, page
        found += [each["id"] for each in page["reports"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_from_the_report_to_the_audit_log(admin: Caller) -> None:
    owner, reporter, other = a_user(), a_user(), a_user()
    post_id = a_post(owner, caption="Buy now", media=[a_picture()])
    first = report(reporter, "post", post_id)[1]["report_id"]
    assert report(reporter, "post", post_id) == (
        200,
        {"message": "Reported", "report_id": first, "status": "pending"},
    )
    second = report(other, "post", post_id)[1]["report_id"]
    third = report(other, "story", a_story(owner))[1]["report_id"]
    fourth = report(other, "user", owner.user_id)[1]["report_id"]
    assert [each for each in listed(admin) if each in (first, second, third, fourth)] == [
        first,
        second,
        third,
        fourth,
    ]
    counts = call(list_reports, "GET /admin/reports", admin)[1]["pending_counts"]
    assert counts["post"] >= 2
    assert counts["comment"] == 0
    assert resolve(admin, first)[0] == 200
    assert resolve(admin, second)[1]["code"] == "already_resolved"
    assert resolve(admin, third)[0] == 200
    assert resolve(admin, fourth, "reject")[0] == 200
    assert {first, second, third} <= set(listed(admin, status="accepted"))
    assert fourth in listed(admin, status="rejected", target_type="user")
    assert OpenReport.find(f"post#{post_id}", other.user_id) is None
    path = {"post_id": post_id}
    assert call(restore_post, "POST /posts/{post_id}/restore", owner, path=path)[0] == 404
    assert Post.get(post_id).removed_by == admin.user_id
    query = {"admin": "me", "action": "resolve_report"}
    entries = call(list_audit_log, "GET /admin/audit-log", admin, query=query)[1]["entries"]
    assert [each["target_type"] for each in entries] == ["user", "story", "post"]
    query = {"target_id": post_id}
    [entry] = call(list_audit_log, "GET /admin/audit-log", admin, query=query)[1]["entries"]
    assert entry["details"] == {
        "report_id": first,
        "status": "accepted",
        "also_resolved": [second],
        "removed_from": owner.user_id,
    }
    assert entry == next(
        each
        for each in call(list_audit_log, "GET /admin/audit-log", admin)[1]["entries"]
        if each["id"] == entry["id"]
    )


def test_two_administrators_decide_at_the_same_time(admin: Caller) -> None:
    post_id = a_post(a_user())
    report_id = report(a_user(), "post", post_id)[1]["report_id"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: resolve(admin, report_id), range(4)))
    assert sorted(status for status, _ in answers) == [200, 409, 409, 409]


def test_a_ban_by_a_report(admin: Caller) -> None:
    owner = a_user()
    report_id = report(a_user(), "user", owner.user_id)[1]["report_id"]
    assert resolve(admin, report_id)[0] == 200
    assert User.get(owner.user_id, consistent_read=True).status == "banned"
    assert report(a_user(), "user", owner.user_id)[0] == 404
    assert report(a_user(), "post", new_id())[0] == 404
