"""Resolving reports and removing posts: one transaction, which the owner cannot undo."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chat.models import Conversation, Message
from moderation import remove_post
from moderation.models import OpenReport, Report, Strike
from moderation.report_models import target_of
from posts import get_post, list_deleted, restore_post
from posts.models import AuthorStats, Comment, Post
from shared.access import rate_limits
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.dynamodb.tables import query
from shared.errors import Unauthorized
from shared.ids import new_id
from shared.realtime.sockets import Connection, store
from stories import list_deleted_stories, restore_story
from stories.models import Story
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_post, call
from tests.support.stories import a_story
from tests.unit.moderation.conftest import (
    KINDS,
    a_message,
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

RESTORE_POST = "POST /posts/{post_id}/restore"
RESTORE_STORY = "POST /stories/{story_id}/restore"


def remove(admin: Caller, post_id: str, **asked: str) -> tuple[int, Any]:
    route, path = "DELETE /admin/posts/{post_id}", {"post_id": post_id}
    return call(remove_post, route, admin, path=path, query=asked or None)


def restore(owner: Caller, post_id: str) -> tuple[int, Any]:
    return call(restore_post, RESTORE_POST, owner, path={"post_id": post_id})


@pytest.mark.parametrize("kind", KINDS)
def test_accepting_removes_the_target_and_is_recorded(kind: str) -> None:
    admin, owner, reporter = an_admin(), a_user(), a_user()
    target_id = a_target(kind, owner, reporter)
    report_id = reported(reporter, kind, target_id)
    status, answer = resolve(admin, report_id, note=" Advertisement ")
    assert status == 200, answer
    assert (answer["status"], answer["note"]) == ("accepted", "Advertisement")
    assert answer["resolved_by"]["id"] == admin.user_id
    assert answer["resolved_at"]
    assert report(a_user(), kind, target_id)[0] == 404  # nobody sees it
    assert report(reporter, kind, target_id)[0] == 404
    [entry] = audit_entries()
    assert (entry.admin_id, entry.action, entry.reason) == (
        admin.user_id,
        "resolve_report",
        "Advertisement",
    )
    assert (entry.target_type, entry.target_id) == (kind, target_id)
    removed_from = {} if kind == "user" else {"removed_from": owner.user_id}
    assert entry.details == {"report_id": report_id, "status": "accepted", **removed_from}
    assert OpenReport.find(target_of(kind, target_id), reporter.user_id) is None


@pytest.mark.parametrize("kind", KINDS)
def test_rejecting_changes_nothing_but_the_report(kind: str) -> None:
    admin, owner, reporter = an_admin(), a_user(), a_user()
    target_id = a_target(kind, owner, reporter)
    report_id, other = reported(reporter, kind, target_id), None
    if kind != "message":
        other = reported(a_user(), kind, target_id)
    status, answer = resolve(admin, report_id, " reject ")
    assert (status, answer["status"], answer["note"]) == (200, "rejected", None)
    assert report(reporter, kind, target_id)[0] == 201
    [entry] = audit_entries()
    assert entry.details == {"report_id": report_id, "status": "rejected"}
    assert other is None or Report.get(other).status == "pending"


def test_an_accepted_report_takes_the_others_of_its_target_with_it() -> None:
    admin, post_id = an_admin(), a_post(a_user())
    reporters = [a_user() for _ in range(42)]
    made = [reported(each, "post", post_id) for each in reporters]
    elsewhere = reported(reporters[0], "post", a_post(a_user()))
    assert resolve(admin, made[1])[0] == 200
    # 1 + 40 is what the transaction takes; the last one stays, and is resolved by itself.
    [left] = [each for each in ids(queue(admin)) if each != elsewhere]
    assert left in made
    assert resolve(admin, left)[0] == 200
    assert ids(queue(admin)) == [elsewhere]
    first, second = audit_entries()
    assert len(first.details["also_resolved"]) == 40
    # What was removed already is not removed, and its owner not notified, a second time.
    assert second.details == {"report_id": left, "status": "accepted"}


def test_of_an_account_that_is_banned_for_good_every_report_is_one_strike() -> None:
    admin, owner = an_admin(), a_user()
    made = [reported(a_user(), "user", owner.user_id) for _ in range(42)]
    assert resolve(admin, made[0], note="Fraud")[0] == 200
    ban_id = User.get(owner.user_id).ban_id
    [left] = ids(queue(admin))
    assert resolve(admin, left, note="Spam")[0] == 200
    user = User.get(owner.user_id)
    assert (user.ban_id, user.ban_reason) == (ban_id, "Fraud")
    strikes, _ = query(Strike.by_owner, owner.user_id, limit=9)
    assert [each.strike_id for each in strikes] == [ban_id]


def test_a_report_is_resolved_once() -> None:
    admin, report_id = an_admin(), reported(a_user(), "post", a_post(a_user()))
    assert resolve(admin, report_id)[0] == 200
    for action in ("ACCEPT", "REJECT"):
        status, answer = resolve(admin, report_id, action)
        assert (status, answer["code"]) == (409, "already_resolved")
    assert len(audit_entries()) == 1
    for unknown in (new_id(), "x"):
        assert resolve(admin, unknown)[1]["code"] == "report_not_found"


def test_an_administrator_is_not_banned_by_a_report() -> None:
    admin, reporter = an_admin(), a_user()
    report_id = reported(reporter, "user", admin.user_id)
    status, answer = resolve(admin, report_id)
    assert (status, answer["code"]) == (403, "cannot_ban_admin")
    assert ids(queue(admin)) == [report_id]
    assert audit_entries() == []


def test_a_ban_by_a_report_ends_the_sessions_and_says_the_administrators_reason() -> None:
    owner = a_user()
    rate_limits.admit(rate_limits.user_budget(owner.user_id), owner.session_id)
    resolve(an_admin(), reported(a_user(), "user", owner.user_id), note="Fraud")
    banned = User.get(owner.user_id)
    assert (banned.status, banned.ban_reason, banned.banned_until) == ("banned", "Fraud", None)
    with pytest.raises(Unauthorized):
        rate_limits.admit(rate_limits.user_budget(owner.user_id), owner.session_id)


def test_everything_is_resolved_or_nothing(aws: MemoryAws) -> None:
    admin, post_id = an_admin(), a_post(a_user())
    report_id = reported(a_user(), "post", post_id)
    aws.fail("dynamodb.TransactWriteItems", "InternalServerError", status=500)
    assert resolve(admin, report_id)[0] == 503
    assert Report.get(report_id).status == "pending"
    assert Post.get(post_id).deleted_at is None


@pytest.mark.parametrize("kind", ["post", "story", "comment", "message"])
def test_what_its_owner_deleted_in_the_meantime_is_accepted_too(kind: str) -> None:
    admin, owner, reporter = an_admin(), a_user(), a_user()
    target_id = a_target(kind, owner, reporter)
    report_id = reported(reporter, kind, target_id)
    stored = Report.get(report_id)
    gone = {
        "post": Post(target_id),
        "story": Story(owner.user_id, target_id),
        "comment": Comment(stored.container_id, target_id),
        "message": Message(stored.container_id, target_id),
    }
    gone[kind].delete()
    assert resolve(admin, report_id)[1]["status"] == "accepted"
    [entry] = audit_entries()
    assert "removed_from" not in entry.details
    assert report(reporter, kind, target_id)[0] == 404


def test_a_post_is_removed_once_and_counted_once() -> None:
    admin, owner = an_admin(), a_user()
    AuthorStats(owner.user_id, post_count=1).save()
    post_id = a_post(owner)
    assert remove(admin, post_id, reason="Spam") == (200, {"message": "Post removed"})
    assert AuthorStats.get(owner.user_id).post_count == 0
    [entry] = audit_entries()
    assert (entry.action, entry.target_type, entry.target_id, entry.reason) == (
        "remove_post",
        "post",
        post_id,
        "Spam",
    )
    assert entry.details == {"removed_from": owner.user_id}
    for unknown in (post_id, new_id(), "x"):
        assert remove(admin, unknown)[1]["code"] == "post_not_found"
    assert len(audit_entries()) == 1
    assert remove(admin, a_post(owner), reason="x" * 501)[0] == 400


def test_an_administrator_removes_what_they_cannot_see() -> None:
    admin, owner = an_admin(), a_user(is_private=True)
    post_id = a_post(owner, visibility="private")
    assert call(get_post, "GET /posts/{post_id}", admin, path={"post_id": post_id})[0] == 404
    assert remove(admin, post_id)[0] == 200
    assert remove(a_user(), a_post(owner))[1]["code"] == "admin_only"


@pytest.mark.parametrize("is_deleted_before", [False, True])
def test_a_removed_post_is_not_restored_by_its_author(is_deleted_before: bool) -> None:
    admin, owner = an_admin(), a_user()
    AuthorStats(owner.user_id, post_count=1).save()
    post_id = a_post(owner)
    if is_deleted_before:
        from posts import delete_post

        path = {"post_id": post_id}
        assert call(delete_post, "DELETE /posts/{post_id}", owner, path=path)[0] == 200
        assert call(list_deleted, "GET /posts/deleted", owner)[1]["posts"]
    assert remove(admin, post_id)[0] == 200
    assert restore(owner, post_id)[1]["code"] == "post_not_found"
    assert call(list_deleted, "GET /posts/deleted", owner)[1]["posts"] == []
    assert AuthorStats.get(owner.user_id).post_count == 0
    assert Post.get(post_id).purge_at > timestamp()  # and it is purged like others


@pytest.mark.parametrize("is_deleted_before", [False, True])
def test_a_removed_story_is_not_restored_by_its_author(is_deleted_before: bool) -> None:
    owner = a_user()
    story_id = a_story(owner)
    path = {"story_id": story_id}
    report_id = reported(a_user(), "story", story_id)
    if is_deleted_before:
        from stories import delete_story

        assert call(delete_story, "DELETE /stories/{story_id}", owner, path=path)[0] == 200
        assert call(list_deleted_stories, "GET /stories/deleted", owner)[1]["stories"]
    assert resolve(an_admin(), report_id)[0] == 200
    assert call(restore_story, RESTORE_STORY, owner, path=path)[1]["code"] == "story_not_found"
    assert call(list_deleted_stories, "GET /stories/deleted", owner)[1]["stories"] == []
    assert Story.get(owner.user_id, story_id).purge_at > timestamp()


def test_a_removed_message_leaves_its_members_open_sockets(aws: MemoryAws) -> None:
    sender, reader = a_user(), a_user()
    message_id = a_message(sender, reader)
    report_id = reported(reader, "message", message_id)
    for name, user in (("sender=", sender), ("reader=", reader), ("other=", a_user())):
        store(
            Connection(
                name,
                user_id=user.user_id,
                session_id=user.session_id,
                connected_at=timestamp(),
                expires_at=int(now()) + 7200,
            )
        )
    room_id = Report.get(report_id).container_id
    admin = an_admin()
    assert resolve(admin, report_id)[0] == 200
    [message] = query(Message, room_id, limit=1)[0]
    assert message.removed_by == admin.user_id
    assert Conversation.find(room_id) is not None
    pushed = {name: [json.loads(each) for each in texts] for name, texts in aws.pushed.items()}
    assert sorted(pushed) == ["reader=", "sender="]
    [frame] = pushed["reader="]
    assert (frame["event"], frame["data"]["message_id"]) == ("message_deleted", message_id)


def test_only_administrators_decide() -> None:
    report_id = reported(a_user(), "post", a_post(a_user()))
    for caller, code in (
        (a_user(), "admin_only"),
        (replace(an_admin(), scope="unverified"), "email_not_verified"),
    ):
        status, answer = resolve(caller, report_id)
        assert (status, answer["code"]) == (403, code)


@pytest.mark.parametrize("body", [{"action": "DELETE"}, {"action": 1}, {"note": "x" * 501}])
def test_bad_bodies(body: dict[str, Any]) -> None:
    report_id = reported(a_user(), "post", a_post(a_user()))
    assert resolve(an_admin(), report_id, **body)[1]["code"] == "invalid_input"
