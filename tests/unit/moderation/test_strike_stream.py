"""What follows from strikes and appeals: events, notifications and mails, and released files."""

import json
from typing import Any

import pytest

from media.models import HeldUpload
from moderation.models import Report, Strike
from moderation.on_moderation_changed import app
from moderation.on_user_erased import app as erase_app
from moderation.personal_data import export_of
from notifications.event_mapping import entries_of
from notifications.models import Notification
from shared.access.caller import Caller
from shared.events.envelopes import Envelope
from shared.ids import new_id
from tests.support.accounts import a_user
from tests.support.erasing import erase
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_picture, a_post
from tests.support.streams import batch, stream_record
from tests.unit.moderation.conftest import an_admin, reported, resolve
from tests.unit.moderation.test_appeals import appealed, ban, decide, removed_post, strikes
from tests.unit.moderation.test_events import made_admin


def deliver(old: Any, new: Any) -> None:
    event = batch(stream_record(1, old=old, new=new))
    assert app(event, LambdaContext()) == {"batchItemFailures": []}


def mails(aws: MemoryAws) -> list[dict[str, Any]]:
    return [json.loads(each) for each in aws.sent.get("emails", [])]


def entries(aws: MemoryAws) -> list[Notification]:
    return [
        entry
        for each in aws.published.get("moderation", [])
        for entry in entries_of(Envelope.from_json(json.dumps(each)).event)
    ]


def strike_of(owner: Caller) -> Strike:
    return Strike.get(strikes(owner)[0]["id"])


def test_a_removal_is_mailed_once_with_its_reason(aws: MemoryAws) -> None:
    owner = a_user()
    removed_post(an_admin(), owner)
    for _ in range(2):
        deliver(None, strike_of(owner))
    assert len({mail["id"] for mail in mails(aws)}) == 1
    mail = mails(aws)[0]
    assert (mail["template"], mail["to"]) == ("content_removed", f"{owner.username}@example.com")
    assert mail["values"] == {
        "username": owner.username,
        "kind": "post",
        "reason": "Spam",
        "appeal_days": "30",
    }


def test_a_ban_has_a_mail_of_its_own(aws: MemoryAws) -> None:
    owner, strike = a_user(), None
    ban(an_admin(), owner, reason="Fraud")
    [item] = aws.dynamo.items("hoshi-strikes")
    strike = Strike.from_raw_data(item)
    deliver(None, strike)
    assert mails(aws) == []


def test_an_appeal_is_reported_to_every_administrator(aws: MemoryAws) -> None:
    owner, admins = a_user(), [made_admin(), made_admin()]
    removed_post(an_admin(), owner)
    before = strike_of(owner)
    appeal_id = appealed(owner)
    for _ in range(2):
        deliver(before, strike_of(owner))
    made = entries(aws)
    assert {(each.user_id, each.type, each.entity_id, each.actor_id) for each in made} == {
        (admin.user_id, "appeal.created", appeal_id, None) for admin in admins
    }
    assert len({(each.user_id, each.notification_id) for each in made}) == 2
    assert mails(aws) == []


@pytest.mark.parametrize(("action", "status"), [("UPHOLD", "upheld"), ("REVERSE", "reversed")])
def test_the_owner_is_notified_and_mailed_once_what_became_of_it(
    aws: MemoryAws, action: str, status: str
) -> None:
    owner, admin = a_user(), an_admin()
    removed_post(admin, owner)
    appeal_id = appealed(owner)
    before = strike_of(owner)
    decide(admin, appeal_id, action, note="<b>Sorry</b>")
    for _ in range(2):
        deliver(before, strike_of(owner))
    deliver(strike_of(owner), strike_of(owner))
    made = entries(aws)
    assert {(each.user_id, each.type, each.entity_id, each.actor_id) for each in made} == {
        (owner.user_id, f"appeal.{status}", appeal_id, None)
    }
    assert len({each.notification_id for each in made}) == 1
    [mail, again] = mails(aws)
    assert mail["id"] == again["id"]
    assert mail["template"] == f"appeal_{status}"
    assert mail["values"] == {"username": owner.username, "reason": "<b>Sorry</b>"}


def test_a_reversal_is_no_event_for_the_reporter(aws: MemoryAws) -> None:
    owner, admin = a_user(), an_admin()
    report_id = reported(a_user(), "post", a_post(owner))
    resolve(admin, report_id)
    before = Report.get(report_id)
    decide(admin, appealed(owner), "REVERSE")
    after = Report.get(report_id)
    assert (before.status, after.status) == ("accepted", "reversed")
    deliver(before, after)
    assert aws.published == {}


def test_a_report_holds_the_files_that_it_shows_as_long_as_it_lives(aws: MemoryAws) -> None:
    owner, upload_id = a_user(), new_id()
    media = [a_picture(upload_id=upload_id)]
    report_id = reported(a_user(), "post", a_post(owner, media=media))
    assert HeldUpload.find(upload_id, report_id) is not None
    before = Report.get(report_id)
    resolve(an_admin(), report_id)
    deliver(before, Report.get(report_id))
    assert HeldUpload.find(upload_id, report_id) is not None
    deliver(Report.get(report_id), None)
    assert HeldUpload.find(upload_id, report_id) is None


def test_strikes_are_exported_to_their_owner_and_erased_with_them(aws: MemoryAws) -> None:
    owner, other, admin = a_user(), a_user(), an_admin()
    removed_post(admin, owner, caption="Buy now")
    removed_post(admin, other)
    appealed(owner)
    [topic] = [each for each in export_of(owner.user_id) if each.name == "strikes"]
    [exported] = list(topic.content)
    assert (exported["text"], exported["appeal_text"], exported["reason"]) == (
        "Buy now",
        "It was a joke.",
        "Spam",
    )
    assert admin.user_id not in str(exported)
    erase(erase_app, owner.user_id)
    assert (strikes(owner), len(strikes(other))) == ([], 1)
