"""Appeals on real tables: one of each strike and one decision of each, however many ask at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from moderation import (
    create_appeal,
    create_report,
    list_appeals,
    list_strikes,
    resolve_appeal,
    resolve_report,
)
from moderation.models import Report, Strike
from posts.models import AuthorStats, Post
from shared.access.caller import Caller
from tests.support.accounts import a_user
from tests.support.posts import a_picture, a_post, call


@pytest.fixture(autouse=True)
def on_the_foundation(foundation: Any) -> None:
    """All of these need the tables."""


@pytest.fixture
def admin() -> Caller:
    return replace(a_user(role="admin"), role="admin")


def removed(admin: Caller, owner: Caller) -> tuple[str, str]:
    """Remove a post of the owner by a report; return the ids of the post and of the report."""
    post_id = a_post(owner, caption="Buy now", media=[a_picture()])
    body = {"target_type": "post", "target_id": post_id, "reason": "Spam"}
    report_id = call(create_report, "POST /reports", a_user(), body=body)[1]["report_id"]
    route, path = "POST /admin/reports/{report_id}/resolve", {"report_id": report_id}
    assert call(resolve_report, route, admin, path=path, body={"action": "accept"})[0] == 200
    return post_id, report_id


def appeal(owner: Caller) -> tuple[int, Any]:
    [strike] = call(list_strikes, "GET /users/me/strikes", owner)[1]["strikes"]
    body = {"strike_id": strike["id"], "text": "It was a joke."}
    return call(create_appeal, "POST /appeals", owner, body=body)


def decide(admin: Caller, appeal_id: str, action: str) -> tuple[int, Any]:
    route, path = "POST /admin/appeals/{appeal_id}/resolve", {"appeal_id": appeal_id}
    return call(resolve_appeal, route, admin, path=path, body={"action": action})


def test_ten_parallel_appeals_make_one_and_ten_decisions_one(admin: Caller) -> None:
    owner = a_user()
    AuthorStats(owner.user_id, post_count=1).save()
    post_id, report_id = removed(admin, owner)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: appeal(owner), range(10)))
    assert sorted(status for status, _ in answers) == [201, *[409] * 9]
    [made] = [answer for status, answer in answers if status == 201]
    assert {answer["code"] for status, answer in answers if status == 409} == {"already_appealed"}
    listed = call(list_appeals, "GET /admin/appeals", admin, query={"limit": "100"})[1]["appeals"]
    assert [each["id"] for each in listed if each["user"]["id"] == owner.user_id] == [made["id"]]
    with ThreadPoolExecutor(10) as pool:
        decided = list(pool.map(lambda _: decide(admin, made["id"], "reverse"), range(10)))
    assert sorted(status for status, _ in decided) == [200, *[409] * 9]
    post = Post.get(post_id, consistent_read=True)
    assert (post.deleted_at, post.removed_by, post.purge_at) == (None, None, None)
    assert AuthorStats.get(owner.user_id, consistent_read=True).post_count == 1
    assert Report.get(report_id, consistent_read=True).status == "reversed"


def test_administrators_who_disagree_make_one_decision(admin: Caller) -> None:
    owner = a_user()
    post_id, _ = removed(admin, owner)
    appeal_id = appeal(owner)[1]["id"]
    with ThreadPoolExecutor(10) as pool:
        actions = ["uphold", "reverse"] * 5
        decided = list(pool.map(lambda action: decide(admin, appeal_id, action), actions))
    [status] = [answer["status"] for code, answer in decided if code == 200]
    assert Strike.get(appeal_id, consistent_read=True).appeal_status == status
    is_back = Post.get(post_id, consistent_read=True).deleted_at is None
    assert is_back == (status == "reversed")
