"""Bounces and complaints, from the reports of SES to the mails that are not sent any more."""

import json
from typing import Any

import pytest

from emails import suppressions
from emails.mail_subscribers import app as newsletter_app
from emails.models import Newsletter, Suppression
from emails.on_mail_returned import app
from emails.on_user_deleted import app as erase_app
from emails.public import export_of, lift_suppression
from emails.send_email import app as send_app
from emails.suppressions import is_suppressed
from infra.local.mails import SAMPLES
from shared.clock import stop_at, timestamp
from shared.dynamodb.tables import transaction
from tests.support.erasing import erase
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.people import Join
from tests.unit.conftest import Log
from users.models import User
from users.public import change_preferences, find_by_login, find_user

DAY = 24 * 3600
BOUNCE: dict[str, Any] = json.loads(load_event("emails", "on_mail_returned")["Records"][0]["body"])


@pytest.fixture
def yuki(join: Join) -> User:
    return join("yuki", newsletter=True)


def bounce(address: str, sent: float, kind: str = "Permanent", **more: Any) -> dict[str, Any]:
    """SES's report of a mail that was sent at a time and bounced a minute later."""
    mail = {**BOUNCE["mail"], "destination": [address], "timestamp": timestamp(sent)}
    details = {**BOUNCE["bounce"], "bounceType": kind, "timestamp": timestamp(sent + 60), **more}
    return {"eventType": "Bounce", "bounce": details, "mail": mail}


def complaint(address: str, at: float, **more: Any) -> dict[str, Any]:
    """SES's report that the reader of a mail, sent two days before, called it spam."""
    mail = {**BOUNCE["mail"], "destination": [address], "timestamp": timestamp(at - 2 * DAY)}
    details = {
        "complainedRecipients": [{"emailAddress": address}],
        "timestamp": timestamp(at),
        "feedbackId": "0100019aa5b0c3d1",
        "complaintSubType": None,
        "complaintFeedbackType": "abuse",
        **more,
    }
    return {"eventType": "Complaint", "complaint": details, "mail": mail}


def report(*reports: dict[str, Any]) -> None:
    """Deliver reports in this order."""
    for each in reports:
        event = load_event("emails", "on_mail_returned")
        event["Records"][0]["body"] = json.dumps(each)
        assert app(event, LambdaContext()) == {"batchItemFailures": []}


def prove(user: User) -> None:
    with transaction() as write:
        lift_suppression(write, user.email, user.user_id)


def mail(address: str, template: str, job_id: str = "job") -> None:
    job = {"id": job_id, "template": template, "to": address, "values": SAMPLES}
    event = load_event("emails", "send_email")
    event["Records"][0]["body"] = json.dumps(job)
    assert send_app(event, LambdaContext()) == {"batchItemFailures": []}


def subscribes(user: User) -> bool:
    found = find_user(user.user_id, consistent=True)
    return found is not None and found.newsletter


def test_after_a_hard_bounce_or_a_complaint_codes_alone_are_mailed(
    aws: MemoryAws, yuki: User, log: Log, noon: float
) -> None:
    for each in (bounce(yuki.email, noon), complaint("ada@example.com", noon)):
        report(each)
        [address] = each["mail"]["destination"]
        assert is_suppressed(address.upper())
        aws.mails.clear()
        mail(address, "new_sign_in", "a")
        assert aws.mails == []
        assert "emails-dead" not in aws.sent, "a suppressed mail is no failure"
        mail(address, "login_code", f"code for {address}")
        assert len(aws.mails) == 1
    assert "example.com" not in log.text
    assert "user unknown" not in log.text
    assert not is_suppressed("other@example.com")


@pytest.mark.parametrize(
    "found",
    [
        bounce("yuki@example.com", 0, "Transient"),
        bounce("yuki@example.com", 0, "Undetermined"),
        complaint("yuki@example.com", 0, complaintFeedbackType="not-spam"),
        {"eventType": "Delivery", "delivery": {}, "mail": BOUNCE["mail"]},
    ],
)
def test_other_reports_change_nothing(yuki: User, found: dict[str, Any]) -> None:
    report(found)
    assert not is_suppressed(yuki.email)
    assert subscribes(yuki)


def test_a_report_names_the_address_that_was_mailed_not_where_it_was_forwarded_to(
    yuki: User, noon: float
) -> None:
    forwarded = [{"emailAddress": "elsewhere@example.com", "status": "5.1.1"}]
    report(bounce(yuki.email, noon, bouncedRecipients=forwarded))
    assert is_suppressed(yuki.email)
    assert not is_suppressed("elsewhere@example.com")


@pytest.mark.parametrize("kind", [bounce, complaint])
def test_it_ends_the_subscription_once(yuki: User, noon: float, kind: Any) -> None:
    report(kind(yuki.email, noon))
    assert not subscribes(yuki)
    change_preferences(yuki.user_id, {"newsletter": True}, {})
    report(kind(yuki.email, noon))
    assert subscribes(yuki), "a report that is delivered again ends nothing that began after it"


def test_a_report_whose_delivery_was_cut_off_is_finished_by_the_next(
    aws: MemoryAws, yuki: User, noon: float
) -> None:
    aws.fail("dynamodb.UpdateItem", "InternalServerError", status=500, first=1)
    event = load_event("emails", "on_mail_returned")
    event["Records"][0]["body"] = json.dumps(bounce(yuki.email, noon))
    assert app(event, LambdaContext())["batchItemFailures"], "the subscription ended, no more"
    aws.fail("dynamodb.UpdateItem", None, times=0)
    report(bounce(yuki.email, noon))
    assert is_suppressed(yuki.email)
    assert not subscribes(yuki)


def test_a_code_that_was_typed_in_lifts_it_whatever_is_reported_late(
    yuki: User, noon: float
) -> None:
    report(bounce(yuki.email, noon - 60))
    prove(yuki)
    assert not is_suppressed(yuki.email)
    report(bounce(yuki.email, noon - 60), bounce(yuki.email, noon - 1), complaint(yuki.email, noon))
    assert not is_suppressed(yuki.email), "the code is younger than all of them"
    report(bounce(yuki.email, noon + 1))
    assert is_suppressed(yuki.email)


def test_two_reports_in_any_order_leave_the_later(yuki: User, noon: float) -> None:
    both = [complaint(yuki.email, noon + 60), bounce(yuki.email, noon)]
    for order in (both, both[::-1]):
        report(*order)
        [found] = Suppression.by_user.query(yuki.user_id)
        assert (found.reason, found.suppressed_at) == ("complaint", timestamp(noon + 60))
        found.delete()


@pytest.mark.parametrize("later", ["complaint", "code"])
def test_a_report_that_is_overtaken_while_it_is_handled_leaves_the_later(
    monkeypatch: pytest.MonkeyPatch, yuki: User, noon: float, later: str
) -> None:
    def find_late(address: str) -> User | None:
        monkeypatch.setattr(suppressions, "find_by_login", find_by_login)
        if later == "code":
            prove(yuki)
        else:
            report(complaint(yuki.email, noon))
        return find_by_login(address)

    monkeypatch.setattr(suppressions, "find_by_login", find_late)
    report(bounce(yuki.email, noon - 60))
    [found] = Suppression.by_user.query(yuki.user_id)
    assert found.reason == (None if later == "code" else "complaint")
    assert is_suppressed(yuki.email) is (later == "complaint")


def test_a_newsletter_skips_an_address_that_bounced_although_its_owner_subscribed_again(
    aws: MemoryAws, yuki: User, noon: float
) -> None:
    report(bounce(yuki.email, noon))
    change_preferences(yuki.user_id, {"newsletter": True}, {})
    given = {"admin_id": "chief", "subject": "May", "body": "New", "created_at": timestamp()}
    Newsletter("may", **given).save()
    event = load_event("emails", "mail_subscribers")
    event["Records"][0]["body"] = json.dumps({"newsletter_id": "may", "after": None})
    assert newsletter_app(event, LambdaContext()) == {"batchItemFailures": []}
    assert (aws.mails, Newsletter.get("may").skipped_count) == ([], 1)


def test_it_ends_after_a_year(yuki: User, noon: float) -> None:
    report(bounce(yuki.email, noon))
    with stop_at(noon + 364 * DAY):
        assert is_suppressed(yuki.email)
    with stop_at(noon + 366 * DAY):
        assert not is_suppressed(yuki.email)


def test_neither_the_address_nor_what_servers_say_is_stored(
    aws: MemoryAws, yuki: User, noon: float
) -> None:
    report(bounce(yuki.email, noon))
    [item] = aws.dynamo.items("hoshi-suppressions")
    assert "yuki" not in json.dumps(item)
    assert "unknown" not in json.dumps(item)


def test_it_is_exported_and_erased_with_the_account(
    aws: MemoryAws, join: Join, yuki: User, noon: float
) -> None:
    other = join("other")
    report(bounce(yuki.email, noon), bounce(other.email, noon))
    [topic] = export_of(yuki.user_id)
    assert list(topic.content) == [
        {"suppressed_at": timestamp(noon), "reason": "bounce", "lifted_at": None}
    ]
    erase(erase_app, yuki.user_id)
    assert not is_suppressed(yuki.email)
    assert is_suppressed(other.email)
    assert len(aws.sent["emails-user-deleted"]) == 1, "a second look finds late reports"
