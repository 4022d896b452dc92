"""Strikes and appeals: recorded with the decision, appealed once and in time, reversed whole."""

from dataclasses import replace
from typing import Any

import pytest

from chat.models import Message
from moderation import (
    ban_user,
    create_appeal,
    list_appeals,
    list_strikes,
    remove_post,
    resolve_appeal,
    unban_user,
)
from moderation.models import Report, Strike
from moderation.strikes import APPEAL_DAYS
from posts import delete_comment, delete_post, get_post, list_deleted, restore_post
from posts.models import AuthorStats, Comment, Post
from shared.access.caller import Caller
from shared.clock import now, seconds, stop_at
from shared.dynamodb.tables import Table, query
from shared.ids import new_id
from stories.models import Story
from tests.support.accounts import a_user
from tests.support.posts import a_comment, a_picture, a_post, call
from tests.unit.moderation.conftest import (
    KINDS,
    a_target,
    an_admin,
    audit_entries,
    ids,
    queue,
    report,
    reported,
    resolve,
)
from users.models import User

DAY = 24 * 3600


def banned(owner: Caller) -> Caller:
    """The person as the appeal token of a log-in names them."""
    return replace(owner, scope="banned", session_id=new_id())


def strikes(owner: Caller) -> Any:
    status, page = call(list_strikes, "GET /users/me/strikes", owner)
    assert status == 200, page
    return page["strikes"]


def appeal(owner: Caller, strike_id: str, text: str = "It was a joke.") -> tuple[int, Any]:
    body = {"strike_id": strike_id, "text": text}
    return call(create_appeal, "POST /appeals", owner, body=body)


def appealed(owner: Caller) -> str:
    """Appeal the owner's latest strike; return the appeal's id."""
    status, answer = appeal(owner, strikes(owner)[0]["id"])
    assert status == 201, answer
    appeal_id: str = answer["id"]
    return appeal_id


def decide(admin: Caller, appeal_id: str, action: str, **more: Any) -> tuple[int, Any]:
    route, path = "POST /admin/appeals/{appeal_id}/resolve", {"appeal_id": appeal_id}
    return call(resolve_appeal, route, admin, path=path, body={"action": action, **more})


def appeals(admin: Caller, **asked: str) -> list[str]:
    status, page = call(list_appeals, "GET /admin/appeals", admin, query=asked or None)
    assert status == 200, page
    return [each["id"] for each in page["appeals"]]


def ban(admin: Caller, owner: Caller, **body: Any) -> None:
    path = {"user": owner.user_id}
    assert call(ban_user, "POST /admin/users/{user}/ban", admin, path=path, body=body)[0] == 200


def removed_post(admin: Caller, owner: Caller, **given: Any) -> str:
    post_id = a_post(owner, **given)
    path, asked = {"post_id": post_id}, {"reason": "Spam"}
    route = "DELETE /admin/posts/{post_id}"
    assert call(remove_post, route, admin, path=path, query=asked)[0] == 200
    return post_id


def shown(viewer: Caller, post_id: str) -> int:
    return call(get_post, "GET /posts/{post_id}", viewer, path={"post_id": post_id})[0]


@pytest.mark.parametrize("kind", KINDS)
def test_an_accepted_report_is_a_strike_that_its_owner_reads(kind: str) -> None:
    owner, reporter, admin = a_user(), a_user(), an_admin()
    target_id = a_target(kind, owner, reporter)
    report_id = reported(reporter, kind, target_id)
    resolve(admin, report_id, note="Advertisement")
    [strike] = strikes(banned(owner) if kind == "user" else owner)
    assert (strike["target_type"], strike["target_id"]) == (kind, target_id)
    assert (strike["reason"], strike["status"], strike["can_appeal"]) == (
        "Advertisement",
        "active",
        True,
    )
    assert strike["target"]["author_id"] == owner.user_id
    for secret in (reporter.user_id, admin.user_id, report_id):
        if kind not in ("comment", "message"):  # whose container is the reporter's
            assert secret not in str(strike)
    [entry] = audit_entries()
    stored = Strike.get(strike["id"])
    assert (stored.decision_id, stored.action) == (entry.entry_id, "resolve_report")
    assert stored.report_ids == [report_id]


def test_a_rejected_report_and_what_is_gone_already_is_no_strike() -> None:
    owner, admin = a_user(), an_admin()
    resolve(admin, reported(a_user(), "post", a_post(owner)), "REJECT")
    post_id = a_post(owner)
    later = reported(a_user(), "post", post_id)
    call(remove_post, "DELETE /admin/posts/{post_id}", admin, path={"post_id": post_id})
    resolve(admin, later)
    assert len(strikes(owner)) == 1


def test_every_other_removal_and_every_ban_is_a_strike() -> None:
    owner, admin = a_user(), an_admin()
    removed_post(admin, owner, caption="Buy now")
    comment_id = a_comment(a_post(a_user()), owner, content="Buy now")
    path = {"comment_id": comment_id}
    assert call(delete_comment, "DELETE /comments/{comment_id}", admin, path=path)[0] == 200
    ban(admin, owner, reason="Fraud", duration_days=3)
    listed = strikes(banned(owner))
    assert [each["target_type"] for each in listed] == ["user", "comment", "post"]
    assert [each["reason"] for each in listed] == ["Fraud", None, "Spam"]
    assert listed[1]["target"]["text"] == "Buy now"


def test_an_appeal_is_made_once_by_its_owner_alone() -> None:
    owner, admin = a_user(), an_admin()
    removed_post(admin, owner)
    strike_id = strikes(owner)[0]["id"]
    for stranger, unknown in ((a_user(), strike_id), (owner, new_id())):
        status, answer = appeal(stranger, unknown)
        assert (status, answer["code"]) == (404, "strike_not_found")
    status, answer = appeal(owner, strike_id, " It was a joke. ")
    assert (status, answer["status"], answer["text"]) == (201, "pending", "It was a joke.")
    assert answer["strike_id"] == strike_id
    status, again = appeal(owner, strike_id)
    assert (status, again["code"]) == (409, "already_appealed")
    [strike] = strikes(owner)
    assert (strike["can_appeal"], strike["appeal"]) == (False, answer)
    assert appeals(admin) == [answer["id"]]


@pytest.mark.parametrize(("late", "expected"), [(-60, 201), (60, 410)])
def test_an_appeal_is_made_within_thirty_days(late: int, expected: int) -> None:
    owner = a_user()
    removed_post(an_admin(), owner)
    [strike] = strikes(owner)
    with stop_at(now() + APPEAL_DAYS * DAY + late):
        status, answer = appeal(owner, strike["id"])
        assert strikes(owner)[0]["can_appeal"] is False
    assert (status, answer.get("code")) == (
        expected,
        None if expected == 201 else "appeal_window_passed",
    )


def test_an_upheld_decision_changes_nothing_else() -> None:
    owner, admin = a_user(), an_admin()
    post_id = removed_post(admin, owner)
    appeal_id = appealed(owner)
    status, answer = decide(admin, appeal_id, " uphold ", note="It is spam.")
    assert (status, answer["status"], answer["note"]) == (200, "upheld", "It is spam.")
    assert answer["resolved_by"]["id"] == admin.user_id
    assert answer["user"]["id"] == owner.user_id
    assert shown(owner, post_id) == 404
    [strike] = strikes(owner)
    assert (strike["status"], strike["appeal"]["note"]) == ("active", "It is spam.")
    assert (appeals(admin), appeals(admin, status="upheld")) == ([], [appeal_id])
    assert audit_entries()[-1].details == {"appeal_id": appeal_id, "status": "upheld"}


@pytest.mark.parametrize("action", ["UPHOLD", "REVERSE"])
def test_an_appeal_is_decided_once(action: str) -> None:
    owner, admin = a_user(), an_admin()
    removed_post(admin, owner)
    strike_id = strikes(owner)[0]["id"]
    assert decide(admin, strike_id, action)[1]["code"] == "appeal_not_found"  # not appealed
    appealed(owner)
    assert decide(admin, strike_id, action)[0] == 200
    for another in ("UPHOLD", "REVERSE"):
        status, answer = decide(admin, strike_id, another)
        assert (status, answer["code"]) == (409, "already_resolved")
    for unknown in (new_id(), "x"):
        assert decide(admin, unknown, action)[1]["code"] == "appeal_not_found"
    assert len(audit_entries()) == 2


@pytest.mark.parametrize("kind", ["post", "story", "comment", "message"])
def test_a_reversal_returns_what_was_removed_as_it_was(kind: str) -> None:
    owner, reporter, admin = a_user(), a_user(), an_admin()
    target_id = a_target(kind, owner, reporter)
    before = stored(kind, owner, target_id)
    report_id = reported(reporter, kind, target_id)
    resolve(admin, report_id)
    assert report(reporter, kind, target_id)[0] == 404
    appeal_id = appealed(owner)
    assert decide(admin, appeal_id, "REVERSE")[0] == 200
    after = stored(kind, owner, target_id)
    after.pop("returned_at", None)
    assert after == before
    assert report(reporter, kind, target_id)[0] == 201
    assert Report.get(report_id).status == "reversed"
    assert report_id in ids(queue(admin, status="reversed"))
    assert report_id not in ids(queue(admin, status="accepted"))
    details = {"appeal_id": appeal_id, "status": "reversed", "is_back": True}
    assert audit_entries()[-1].details == details


def stored(kind: str, owner: Caller, target_id: str) -> Any:
    """The attributes of the item."""
    item: Table | None
    if kind == "post":
        item = Post.find(target_id)
    elif kind == "story":
        item = Story.find(owner.user_id, target_id)
    else:
        index = Comment.by_comment if kind == "comment" else Message.by_id
        [place] = query(index, target_id, limit=1)[0]
        item = type(place).find(*(getattr(place, name) for name in place.key_names()))
    assert item is not None
    return dict(item.attribute_values)


def test_a_reversal_counts_the_post_again() -> None:
    owner, admin = a_user(), an_admin()
    AuthorStats(owner.user_id, post_count=3).save()
    removed_post(admin, owner)
    assert AuthorStats.get(owner.user_id).post_count == 2
    decide(admin, appealed(owner), "REVERSE")
    assert AuthorStats.get(owner.user_id).post_count == 3


def test_what_its_author_had_deleted_before_is_deleted_by_its_author_again() -> None:
    owner, admin = a_user(), an_admin()
    post_id = a_post(owner)
    report_id = reported(a_user(), "post", post_id)
    path = {"post_id": post_id}
    assert call(delete_post, "DELETE /posts/{post_id}", owner, path=path)[0] == 200
    before = stored("post", owner, post_id)
    resolve(admin, report_id)
    restore = "POST /posts/{post_id}/restore"
    assert call(restore_post, restore, owner, path=path)[0] == 404
    decide(admin, appealed(owner), "REVERSE")
    assert stored("post", owner, post_id) == before
    assert shown(owner, post_id) == 404
    listed = call(list_deleted, "GET /posts/deleted", owner)[1]["posts"]
    assert [each["id"] for each in listed] == [post_id]
    assert call(restore_post, restore, owner, path=path)[0] == 200


def test_what_is_not_kept_any_more_does_not_come_back() -> None:
    owner, admin = a_user(), an_admin()
    post_id = removed_post(admin, owner)
    appeal_id = appealed(owner)
    Post.get(post_id).delete()
    assert decide(admin, appeal_id, "REVERSE")[0] == 200
    assert strikes(owner)[0]["status"] == "reversed"
    assert audit_entries()[-1].details["is_back"] is False


def test_a_banned_person_appeals_and_a_reversal_ends_the_ban() -> None:
    owner, admin = a_user(), an_admin()
    ban(admin, owner, reason="Fraud")
    assert shown(banned(owner), a_post(owner)) == 403
    assert decide(admin, appealed(banned(owner)), "REVERSE")[0] == 200
    user = User.get(owner.user_id)
    assert (user.status, user.ban_reason, user.ban_id) == ("active", None, None)


def test_a_reversal_does_not_end_a_later_ban() -> None:
    owner, admin = a_user(), an_admin()
    ban(admin, owner, reason="Fraud")
    appeal_id = appealed(banned(owner))
    path = {"user": owner.user_id}
    assert call(unban_user, "POST /admin/users/{user}/unban", admin, path=path)[0] == 200
    ban(admin, owner, reason="Threats")
    assert decide(admin, appeal_id, "REVERSE")[0] == 200
    assert User.get(owner.user_id).ban_reason == "Threats"
    assert audit_entries()[-1].details["is_back"] is False


def test_a_removed_post_is_kept_for_ninety_days_and_a_report_after_its_decision() -> None:
    owner, admin = a_user(), an_admin()
    post_id = a_post(owner, media=[a_picture()])
    report_id = reported(a_user(), "post", post_id)
    assert Report.get(report_id).expires_at is None
    resolve(admin, report_id)
    for kept in (seconds(Post.get(post_id).purge_at), Report.get(report_id).expires_at):
        assert abs(kept - now() - 90 * DAY) < 60


def test_strikes_are_listed_page_by_page_and_forgotten_after_a_year() -> None:
    owner, admin = a_user(), an_admin()
    for _ in range(3):
        removed_post(admin, owner)
    route = "GET /users/me/strikes"
    page = call(list_strikes, route, owner, query={"limit": "2"})[1]
    asked = {"limit": "2", "cursor": page["next_cursor"]}
    rest = call(list_strikes, route, owner, query=asked)[1]
    assert (len(page["strikes"]), len(rest["strikes"])) == (2, 1)
    assert strikes(a_user()) == []
    with stop_at(now() + 366 * DAY):
        assert strikes(owner) == []
    assert query(Strike.by_owner, owner.user_id, limit=9)[0]
