"""Reports: of what the reporter sees, once each, in a queue."""

from dataclasses import replace
from typing import Any

import pytest

from moderation import create_report, list_reports
from moderation.models import Report
from moderation.on_user_erased import app as erase_app
from moderation.public import export_of
from posts.models import Comment
from shared.clock import stop_at, timestamp
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.erasing import erase
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_comment, a_picture, a_post, call, connect
from tests.unit.moderation.conftest import (
    KINDS,
    a_message,
    a_target,
    an_admin,
    ids,
    queue,
    report,
    reported,
    resolve,
)
from users.models import User


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_keeps_what_its_reporter_saw(kind: str) -> None:
    owner, reporter = a_user(name="The Owner", bio="Buy now"), a_user()
    target_id = a_target(kind, owner, reporter)
    report_id = reported(reporter, kind, target_id, description=" Everywhere! ")
    [shown] = queue(an_admin())["reports"]
    assert shown["reporter"]["id"] == reporter.user_id
    assert {name: value for name, value in shown.items() if name not in ("reporter", "target")} == {
        "id": report_id,
        "report_id": report_id,
        "target_type": kind,
        "target_id": target_id,
        "reason": "Spam",
        "description": "Everywhere!",
        "status": "pending",
        "resolved_by": None,
        "resolved_at": None,
        "note": None,
        "created_at": shown["created_at"],
    }
    target = shown["target"]
    assert (target["author_id"], target["author_name"]) == (owner.user_id, "The Owner")
    assert (target["author_username"], target["text"]) == (owner.username, "Buy now")
    assert len(target["media"]) == (kind in ("post", "story"))
    assert all("X-Amz-Signature" in each["url"] for each in target["media"])


def test_the_snapshot_outlives_the_target() -> None:
    owner, reporter = a_user(), a_user()
    comment_id = a_comment(post_id := a_post(owner), owner, content="Words")
    reported(reporter, "comment", comment_id)
    Comment(post_id, comment_id).delete()
    assert queue(an_admin())["reports"][0]["target"]["text"] == "Words"


def test_a_file_as_it_was_uploaded_is_in_no_snapshot() -> None:
    """A collaborator sees a post whose picture is not ready, but not the picture."""
    owner, reporter = a_user(), a_user()
    accepted = {"user_id": reporter.user_id, "status": "accepted", "since": timestamp()}
    media = [a_picture(status="processing"), a_picture()]
    post_id = a_post(owner, media=media, collaborators=[accepted])
    reported(reporter, "post", post_id)
    [shown] = queue(an_admin())["reports"][0]["target"]["media"]
    assert shown["status"] == "ready"


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_reporter_may_not_see_does_not_exist(kind: str) -> None:
    owner, reporter = a_user(), a_user()
    target_id = a_target(kind, owner, reporter)
    connect(owner, "blocks", reporter)
    status, answer = report(reporter, kind, target_id)
    assert (status, answer["code"]) == (404, f"{kind}_not_found")
    assert report(a_user(), kind, new_id())[1]["code"] == f"{kind}_not_found"


def test_a_conversation_of_others_is_not_reported() -> None:
    message_id = a_message(a_user(), a_user())
    assert report(a_user(), "message", message_id)[0] == 404


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_reports_what_is_their_own(kind: str) -> None:
    owner = a_user()
    target_id = a_target(kind, owner, a_user())
    assert report(owner, kind, target_id)[1]["code"] == "invalid_input"
    assert queue(an_admin())["reports"] == []


def test_what_the_system_says_is_not_reported() -> None:
    sender, reader = a_user(), a_user()
    note = {"kind": "created", "user_ids": []}
    message_id = a_message(sender, reader, type="system", system=note)
    assert report(reader, "message", message_id)[1]["code"] == "invalid_input"


def test_a_person_has_one_pending_report_of_a_target() -> None:
    reporter, post_id = a_user(), a_post(a_user())
    first = reported(reporter, "post", post_id)
    assert report(reporter, "post", post_id, reason="Violence") == (
        200,
        {"message": "Reported", "report_id": first, "status": "pending"},
    )
    other = reported(a_user(), "post", post_id)
    admin = an_admin()
    assert ids(queue(admin)) == [first, other]
    assert resolve(admin, first, "reject")[0] == 200
    again = reported(reporter, "post", post_id)
    assert ids(queue(admin)) == [other, again]


def test_a_repeat_with_its_key_gets_the_first_answer_even_if_it_was_lost() -> None:
    reporter, post_id = a_user(), a_post(a_user())
    body = {"target_type": "post", "target_id": post_id, "reason": "Spam"}
    key = {"Idempotency-Key": "report-0001"}
    answers = [
        call(create_report, "POST /reports", reporter, body=body, headers=key) for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 201


@pytest.mark.parametrize(
    "wrong",
    [{"reason": " "}, {"reason": "x" * 101}, {"description": "x" * 1001}, {"target_type": "tag"}],
)
def test_bad_bodies(wrong: dict[str, Any]) -> None:
    status, answer = report(a_user(), "post", a_post(a_user()), **wrong)
    assert (status, answer["code"]) == (400, "invalid_input")


def test_the_queue_is_merged_oldest_first_and_filtered() -> None:
    admin, owner, reporter = an_admin(), a_user(), a_user()
    kinds = (*KINDS, "post", "comment")
    made = [reported(reporter, kind, a_target(kind, owner, reporter)) for kind in kinds]
    assert ids(queue(admin)) == made
    assert ids(queue(admin, target_type="post")) == [made[0], made[5]]
    assert queue(admin)["pending_counts"] == {
        "post": 2, "user": 1, "comment": 2, "story": 1, "message": 1,
    }  # fmt: skip
    resolve(admin, made[0], "REJECT")
    resolve(admin, made[2], "ACCEPT")
    assert ids(queue(admin, status="rejected")) == [made[0]]
    assert ids(queue(admin, status="accepted")) == [made[2]]
    assert ids(queue(admin, status="all")) == made
    rest = [each for each in made if each not in (made[0], made[2])]
    assert ids(queue(admin)) == rest
    assert ids(queue(admin, status="all", unresolved_only="true")) == rest
    assert queue(admin)["pending_counts"]["post"] == 1


@pytest.mark.parametrize("limit", ["1", "2", "3", "7", "8"])
def test_pages_of_the_queue_are_whole(limit: str) -> None:
    admin, owner, reporter = an_admin(), a_user(), a_user()
    kinds = (*KINDS, "post", "story")
    made = [reported(reporter, kind, a_target(kind, owner, reporter)) for kind in kinds]
    seen: list[str] = []
    asked = {"limit": limit}
    while True:
        page = queue(admin, **asked)
        seen += ids(page)
        assert len(page["reports"]) <= int(limit)
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert seen == made


def test_a_report_that_the_index_still_has_as_pending_is_not_listed() -> None:
    admin, reporter = an_admin(), a_user()
    report_id = reported(reporter, "post", a_post(a_user()))
    stale = Report.get(report_id)
    stale.update([Report.status.set("rejected")])  # the index is behind: `queue` is as it was
    assert ids(queue(admin)) == []


def test_only_administrators_see_the_queue() -> None:
    for caller, code in (
        (a_user(), "admin_only"),
        (replace(an_admin(), scope="unverified"), "email_not_verified"),
    ):
        status, answer = call(list_reports, "GET /admin/reports", caller)
        assert (status, answer["code"]) == (403, code)


def test_an_erased_owner_takes_the_snapshots_with_them(aws: MemoryAws) -> None:
    owner, reporter, other = a_user(), a_user(), a_user()
    for kind in KINDS:
        reported(reporter, kind, a_target(kind, owner, reporter))
    kept = reported(reporter, "post", a_post(other))
    erase(erase_app, owner.user_id)
    assert ids(queue(an_admin())) == [kept]
    assert [each["report_id"]["S"] for each in aws.dynamo.items("hoshi-open-reports")] == [kept]


def test_a_report_outlives_its_reporter_without_their_name_and_words(aws: MemoryAws) -> None:
    reporter, admin = a_user(), an_admin()
    report_id = reported(reporter, "post", a_post(a_user()), description="It is about me, Yuki")
    erase(erase_app, reporter.user_id)
    [shown] = queue(admin)["reports"]
    assert (shown["id"], shown["reporter"], shown["description"]) == (report_id, None, None)
    assert aws.dynamo.items("hoshi-open-reports") == []
    assert reporter.user_id not in str(vars(Report.get(report_id)))
    assert resolve(admin, report_id)[0] == 200


def test_an_export_holds_the_reports_that_the_user_made() -> None:
    owner, reporter = a_user(), a_user()
    post_id = a_post(owner)
    report_id = reported(reporter, "post", post_id)
    topic = next(export_of(reporter.user_id))
    assert [(each["report_id"], each["target_id"]) for each in topic.content] == [
        (report_id, post_id)
    ]
    topic = next(export_of(owner.user_id))
    assert list(topic.content) == []


def test_a_private_account_is_reported_but_its_posts_are_not() -> None:
    owner, reporter = a_user(is_private=True), a_user()
    assert report(reporter, "post", a_post(owner))[0] == 404
    assert report(reporter, "user", owner.user_id)[0] == 201
    User(owner.user_id).update([User.status.set("banned")])
    assert report(a_user(), "user", owner.user_id)[0] == 404


def test_a_person_makes_so_many_new_reports_a_day(
    settings: pytest.MonkeyPatch, noon: float
) -> None:
    settings.setenv("REPORTS_PER_DAY", "2")
    owner, reporter = a_user(), a_user()
    posts = [a_post(owner) for _ in range(3)]
    first = reported(reporter, "post", posts[0])
    assert report(reporter, "post", posts[0]) == (
        200,
        {"message": "Reported", "report_id": first, "status": "pending"},
    ), "the same again is not counted"
    assert report(reporter, "post", new_id())[0] == 404, "nor is what does not exist"
    reported(reporter, "post", posts[1])
    status, answer = report(reporter, "post", posts[2])
    assert (status, answer["code"]) == (429, "rate_limited")
    assert ids(queue(an_admin())) == [first, ids(queue(an_admin()))[1]]
    reported(a_user(), "post", posts[2])
    with stop_at(noon + 12 * 3600):
        reported(reporter, "post", posts[2])


def test_the_answer_says_what_is_left_of_the_day(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("REPORTS_PER_DAY", "2")
    reporter = a_user()
    body = {"target_type": "post", "target_id": a_post(a_user()), "reason": "Spam"}
    event = gateway_event("POST /reports", caller=reporter, body=body)
    answer = create_report.app(event, LambdaContext())
    assert answer["statusCode"] == 201
    quota = {name: answer["headers"][f"X-Quota-{name}"] for name in ("Limit", "Remaining")}
    assert quota == {"Limit": "2", "Remaining": "1"}
