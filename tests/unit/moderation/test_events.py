"""What the streams of moderation publish, and whom it notifies."""

from typing import Any

import pytest

from moderation.audit import record
from moderation.models import AuditEntry, Report
from moderation.on_moderation_changed import app, removals, report_events
from notifications.event_mapping import entries_of
from notifications.models import Notification
from notifications.on_event import app as notify
from notifications.shapes import notification_shape
from shared.access.caller import Caller
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import query, transaction
from shared.events.envelopes import Envelope
from shared.events.moderation import ContentRemoved, ReportCreated, ReportResolved
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.events import load_event
from tests.support.posts import a_post
from tests.unit.moderation.conftest import an_admin, audit_entries, reported, resolve

MOMENT = "2026-01-02T03:04:05.678Z"


def change(old: Any, new: Any) -> Change[Any]:
    return Change(old, new, "1", "record", MOMENT)


def made_admin(**given: Any) -> Caller:
    """An administrator whom the deployer made."""
    admin = a_user(**({"role": "admin"} | given))
    with transaction() as write:
        record(write, "deployer", "make_admin", ("user", admin.user_id))
    return admin


def test_a_new_report_is_published_for_those_who_are_administrators_now() -> None:
    admins = [made_admin(), made_admin()]
    made_admin(role="user")
    made_admin(status="banned")
    reporter, post_id = a_user(), a_post(a_user())
    report = Report.get(reported(reporter, "post", post_id))
    [(actor, event)] = report_events(change(None, report))
    assert actor == reporter.user_id
    assert isinstance(event, ReportCreated)
    assert set(event.admin_ids) == {each.user_id for each in admins}
    assert (event.report_id, event.target_type, event.target_id) == (
        report.report_id,
        "post",
        post_id,
    )


def test_a_resolved_report_is_published_once_for_its_reporter() -> None:
    reporter = a_user()
    report_id = reported(reporter, "post", a_post(a_user()))
    before = Report.get(report_id)
    admin = an_admin()
    resolve(admin, report_id, "REJECT")
    after = Report.get(report_id)
    [(actor, event)] = report_events(change(before, after))
    assert actor == admin.user_id
    assert isinstance(event, ReportResolved)
    assert (event.reporter_id, event.status) == (reporter.user_id, "rejected")
    assert list(report_events(change(after, after))) == []
    assert list(report_events(change(after, None))) == []
    after.reporter_id = None  # erased
    assert list(report_events(change(before, after))) == []


def test_a_removal_is_published_once_for_all_copies_of_its_entry() -> None:
    owner, post_id = a_user(), None
    post_id = a_post(owner)
    resolve(an_admin(), reported(a_user(), "post", post_id))
    copies = [*AuditEntry.query(f"target#{post_id}"), *audit_entries()]
    assert len(copies) == 2
    [(_, event)] = [each for copy in copies for each in removals(change(None, copy))]
    assert isinstance(event, ContentRemoved)
    assert (event.target_type, event.target_id, event.owner_id) == ("post", post_id, owner.user_id)
    [entry] = audit_entries()
    assert list(removals(change(entry, None))) == []


def test_an_act_that_removes_nothing_is_no_removal() -> None:
    resolve(an_admin(), reported(a_user(), "post", a_post(a_user())), "REJECT")
    resolve(an_admin(), reported(a_user(), "user", a_user().user_id))
    assert [list(removals(change(None, entry))) for entry in audit_entries()] == [[], []]


@pytest.mark.parametrize("kind", ["post", "comment", "story", "message"])
def test_the_owner_is_notified_of_what_was_removed(kind: str) -> None:
    owner, target_id = a_user(), new_id()
    envelope = Envelope(
        "event-0", MOMENT, None, ContentRemoved(kind, target_id, owner.user_id, MOMENT)
    )
    for _ in range(2):
        answer = notify({"Records": [{"messageId": "m", "body": envelope.to_json()}]}, None)
        assert answer == {"batchItemFailures": []}
    [entry], _ = query(Notification, owner.user_id, limit=10)
    shape = notification_shape(entry, None)
    assert (shape["type"], shape["kind"], shape["actor"]) == ("content.removed", "SYSTEM", None)
    assert (shape["entity_type"], shape["entity_id"]) == (kind, target_id)
    assert shape["metadata"] == {f"{kind}_id": target_id}


def test_every_administrator_is_notified_and_the_reporter_of_the_decision() -> None:
    event = ReportCreated("r", "post", "p", ["one", "two"], MOMENT)
    entries = entries_of(event)
    assert [(each.user_id, each.type, each.entity_id) for each in entries] == [
        ("one", "report.created", "r"),
        ("two", "report.created", "r"),
    ]
    [entry] = entries_of(ReportResolved("r", "me", "post", "p", "accepted", MOMENT))
    assert (entry.user_id, entry.type, entry.entity_id) == ("me", "report.resolved", "r")
    assert {each.actor_id for each in [*entries, entry]} == {None}


def test_the_sample_event_is_published(aws: Any) -> None:
    assert app(load_event("moderation", "on_moderation_changed"), None) == {"batchItemFailures": []}
    assert "sns.PublishBatch" in str(aws.calls)
