"""SQS delivers at least once and in any order: nobody gets a mail twice, through any consumer."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from emails.deliveries import deliver_once
from emails.mail_subscribers import app as mail_subscribers_app
from emails.models import Newsletter
from emails.on_mail_returned import app as on_mail_returned_app
from emails.on_user_deleted import app as on_user_deleted_app
from emails.send_email import app as send_email_app
from infra import templates
from shared.clock import stop_at, timestamp
from shared.dynamodb.tables import transaction
from shared.events.envelopes import Envelope
from shared.events.users import UserDeleted, UserErased, UserRestored
from shared.ids import new_id
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.people import Join
from users.models import User
from users.public import delete_account

CONSUMERS: dict[str, Any] = {
    "emails.send_email": send_email_app,
    "emails.mail_subscribers": mail_subscribers_app,
    "emails.on_user_deleted": on_user_deleted_app,
    "emails.on_mail_returned": on_mail_returned_app,
}


def deliver(module: str, bodies: Sequence[str]) -> None:
    """Deliver each message twice, the second time in reverse order."""
    service, name = module.split(".")
    [record] = load_event(service, name)["Records"]
    for body in [*bodies, *reversed(bodies)]:
        event = {"Records": [{**record, "body": body, "messageId": new_id()}]}
        assert CONSUMERS[module](event, LambdaContext()) == {"batchItemFailures": []}


def mailed(aws: MemoryAws) -> list[tuple[str, str]]:
    """To whom mails went, and their subjects."""
    return sorted(
        (mail["Destination"]["ToAddresses"][0], mail["Content"]["Simple"]["Subject"]["Data"])
        for mail in aws.mails
    )


def send_jobs(aws: MemoryAws) -> None:
    """Deliver what was queued for the consumer that mails."""
    deliver("emails.send_email", aws.sent.pop("emails", []))


def test_every_consumer_of_emails_is_walked_here() -> None:
    consumers = {".".join(each) for each in templates.queue_consumers().values()}
    of_emails = {each for each in consumers if each.startswith("emails.")}
    # The failure queue's jobs are those of the stream: tests/unit/emails/test_newsletters.py.
    assert of_emails - {"emails.on_newsletters_changed"} == set(CONSUMERS)


def test_jobs_of_mails(aws: MemoryAws) -> None:
    values = {"username": "a", "code": "123456", "minutes": "10"}
    jobs = [
        {"id": f"{name}-{to}", "template": name, "to": f"{to}@example.com", "values": values}
        for name in ("login_code", "verification_code")
        for to in ("ada", "yuki")
    ]
    deliver("emails.send_email", [json.dumps(job) for job in jobs])
    assert len(mailed(aws)) == len(jobs)
    assert len({to for to, _ in mailed(aws)}) == 2


def test_pages_of_a_newsletter(aws: MemoryAws, join: Join) -> None:
    readers = [join(f"reader{number}", newsletter=True) for number in range(3)]
    for name in ("may", "june"):
        body = {"admin_id": "chief", "subject": name, "body": name, "created_at": timestamp()}
        Newsletter(name, **body).save()
    pages = [json.dumps({"newsletter_id": name, "after": None}) for name in ("may", "june")]
    deliver("emails.mail_subscribers", pages)
    assert mailed(aws) == sorted((each.email, name) for each in readers for name in ("may", "june"))
    for name in ("may", "june"):
        found = Newsletter.get(name)
        assert (found.sent_count, found.pages_begun, found.pages_done) == (3, 1, 1)


def test_deletions_of_accounts(aws: MemoryAws, join: Join) -> None:
    deleted, kept = join("deleted"), join("kept")
    with transaction() as write:
        delete_account(write, deleted)
    deleted.refresh(consistent_read=True)
    events = [
        UserRestored(kept.user_id),
        UserDeleted(deleted.user_id, deleted.purge_at or ""),
        UserErased("somebody"),
    ]
    deliver(
        "emails.on_user_deleted",
        [Envelope(each.type, timestamp(), None, each).to_json() for each in events],
    )
    send_jobs(aws)
    assert [to for to, _ in mailed(aws)] == ["deleted@example.com", "kept@example.com"]


def test_reports_of_returned_mails(aws: MemoryAws, join: Join) -> None:
    readers = [join("ada", newsletter=True), join("yuki", newsletter=True)]
    [record] = load_event("emails", "on_mail_returned")["Records"]
    bodies = [record["body"], record["body"].replace("ada@example.com", "yuki@example.com")]
    deliver("emails.on_mail_returned", bodies)
    assert [item["reason"]["S"] for item in aws.dynamo.items("hoshi-suppressions")] == [
        "bounce",
        "bounce",
    ]
    assert not any(User.get(each.user_id).newsletter for each in readers)
    assert aws.sent == {}
    assert aws.mails == []


@pytest.mark.parametrize("how_often", [1, 2])
def test_a_lambda_that_dies_behind_ses_sends_the_mail_again(
    aws: MemoryAws, noon: float, how_often: int
) -> None:
    """Which way it errs: a mail that may have been sent is sent again, rather than never."""
    sent: list[str] = []

    def send_and_die() -> None:
        sent.append("mail")
        raise SystemExit

    for number in range(how_often):
        with stop_at(noon + 60 * number), pytest.raises(SystemExit):
            deliver_once("a", send_and_die)
    with stop_at(noon + 60 * how_often):
        deliver_once("a", lambda: sent.append("mail"))
        deliver_once("a", lambda: sent.append("mail"))
    assert len(sent) == how_often + 1
