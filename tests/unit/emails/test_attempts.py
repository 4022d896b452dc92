"""When a mail or a newsletter's page is tried again, when it is given up, and who learns of it."""

import json
from typing import Any

import pytest

from emails.attempts import TRIES
from emails.mail_subscribers import app as mail_subscribers_app
from emails.send_email import app as send_email_app
from moderation.public import record
from notifications.models import Notification
from notifications.on_event import app as notify_app
from shared.clock import now, stop_at, timestamp
from shared.dynamodb.tables import transaction
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.people import Join
from tests.unit.conftest import Log
from users.models import User

CONSUMERS: dict[str, Any] = {"emails": send_email_app, "newsletters": mail_subscribers_app}
SAMPLES = {"emails": "send_email", "newsletters": "mail_subscribers"}


@pytest.fixture
def chief(join: Join) -> User:
    """An administrator."""
    user = join("chief", role="admin")
    with transaction() as write:
        record(write, "deployer", "make_admin", ("user", user.user_id))
    return user


def deliver(queue: str, tries: int = 1, job: dict[str, Any] | None = None) -> bool:
    """Deliver a job for the so many-th time; returns whether SQS forgets it."""
    event = load_event("emails", SAMPLES[queue])
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = str(tries)
    if job is not None:
        event["Records"][0]["body"] = json.dumps(job)
    return not CONSUMERS[queue](event, LambdaContext())["batchItemFailures"]


def break_down(aws: MemoryAws, queue: str) -> None:
    """Let every try of a queue's jobs fail for now."""
    if queue == "emails":
        aws.fail("sesv2.SendEmail", "TooManyRequestsException", status=429)
    else:
        aws.fail("dynamodb.GetItem", "InternalServerError", status=500)


def notify(aws: MemoryAws) -> None:
    """Deliver to notifications what was published."""
    for message in aws.published.pop("emails", []):
        body = json.dumps(message)
        assert notify_app({"Records": [{"messageId": "m", "body": body}]}, None) == {
            "batchItemFailures": []
        }


def notified(user: User) -> list[tuple[str, str]]:
    return [(each.type, each.entity_id) for each in Notification.query(user.user_id)]


@pytest.mark.parametrize("queue", CONSUMERS)
def test_what_fails_is_tried_for_two_hours_and_then_given_up(
    aws: MemoryAws, chief: User, queue: str
) -> None:
    break_down(aws, queue)
    assert not any(deliver(queue, tries) for tries in range(1, TRIES))
    assert aws.pauses == [1, 4, 9, 30, 60, 120, 240, 480, 960, 1920, 3600]
    assert f"{queue}-dead" not in aws.sent
    assert aws.published == {}
    assert deliver(queue, TRIES), "SQS would wait an hour to find that this was the last"
    sample = load_event("emails", SAMPLES[queue])["Records"][0]["body"]
    assert [json.loads(body) for body in aws.sent[f"{queue}-dead"]] == [json.loads(sample)]
    notify(aws)
    assert notified(chief) == [("mail.failed", queue)]


def test_a_thousand_dead_mails_ring_once_an_hour(
    aws: MemoryAws, chief: User, join: Join, noon: float
) -> None:
    user = join("yuki")
    for minute in range(0, 60, 3):
        with stop_at(noon + 60 * minute):
            for _ in range(50):
                assert deliver("emails", job={"id": "x"})
            notify(aws)
    assert len(aws.sent["emails-dead"]) == 1000
    assert notified(chief) == [("mail.failed", "emails")]
    with stop_at(noon + 3600):
        assert deliver("emails", job={"id": "x"})
        notify(aws)
    assert len(notified(chief)) == 2
    assert notified(user) == []


def test_the_notice_has_neither_an_address_nor_a_code(
    aws: MemoryAws, chief: User, log: Log
) -> None:
    job = json.loads(load_event("emails", "send_email")["Records"][0]["body"])
    aws.unmailable.add(job["to"])
    assert deliver("emails")
    [event] = aws.published["emails"]
    assert event["data"]["admin_ids"] == [chief.user_id]
    assert event["data"]["hour"] == timestamp(now() // 3600 * 3600)
    for secret in (job["to"], job["values"]["code"], job["values"]["username"]):
        assert secret not in json.dumps(event["data"]).replace(chief.user_id, "")
        assert secret not in log.text


def test_a_dead_letter_is_kept_although_nobody_can_be_notified(aws: MemoryAws, chief: User) -> None:
    aws.fail("sns.PublishBatch", "InternalError", status=500)
    assert deliver("emails", job={"id": "x"})
    assert len(aws.sent["emails-dead"]) == 1


def test_a_mail_is_not_given_up_twice_because_the_administrators_cannot_be_read(
    aws: MemoryAws, chief: User
) -> None:
    aws.fail("dynamodb.Query", "InternalServerError", status=500)
    assert not deliver("emails", job={"id": "x"})
    assert "emails-dead" not in aws.sent
