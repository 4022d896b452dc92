"""Mails from their job in the queue to the mail service."""

import json
import time
import urllib.request
from typing import Any

import pytest

from emails.models import Delivery
from emails.public import send_mail
from emails.send_email import app
from shared.aws.clients import client
from shared.clock import now
from shared.ids import new_id
from shared.messaging.queues import queue_url, send_jobs
from tests.support.events import load_event
from tests.support.gateway import LambdaContext


@pytest.fixture(autouse=True)
def on_the_foundation(foundation: Any) -> None:
    """All of these need the queue and the mail service."""
    while messages():
        pass  # what other tests left in the queue


@pytest.fixture
def address() -> str:
    return f"{new_id().lower()}@example.com"


def next_message(patience: float = 20) -> dict[str, Any]:
    """The next message that the queue gives."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        for message in messages(1):
            return message
    raise AssertionError(f"no message in {patience} s")


def messages(patience: int = 0) -> list[dict[str, Any]]:
    """Receive a message from the queue; one whose call failed is received again."""
    answer: Any = client("sqs").receive_message(
        QueueUrl=queue_url("emails"),
        MaxNumberOfMessages=1,
        WaitTimeSeconds=patience,
        AttributeNames=["ApproximateReceiveCount"],
    )
    found: list[dict[str, Any]] = answer.get("Messages", [])
    return found


def handle(message: dict[str, Any]) -> list[Any]:
    """Give a message to the Lambda, as SQS does; returns the failures that it reports."""
    event = load_event("emails", "send_email")
    event["Records"][0] |= {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
    }
    failures: list[Any] = app(event, LambdaContext())["batchItemFailures"]
    return failures


def delete(message: dict[str, Any]) -> None:
    """Delete a message that was handled, as SQS does."""
    client("sqs").delete_message(
        QueueUrl=queue_url("emails"), ReceiptHandle=message["ReceiptHandle"]
    )


def mails_to(address: str) -> list[dict[str, Any]]:
    """The mails that the mail service sent to an address."""
    url = f"{client('sesv2').meta.endpoint_url}/_ministack/ses/messages"
    with urllib.request.urlopen(url) as answer:
        accounts = json.load(answer)["messages"]
    return [mail for mails in accounts.values() for mail in mails if mail["To"] == [address]]


def test_a_job_becomes_a_mail(address: str) -> None:
    send_mail("verification_code", address, username="yuki", code="012345", minutes="10")
    message = next_message()
    assert handle(message) == []
    [mail] = mails_to(address)
    assert mail["Subject"] == "Your Hoshi code"
    assert "012345" in mail["BodyText"]
    assert "<strong>012345</strong>" in mail["BodyHtml"]
    assert handle(message) == [], "the queue may deliver it again"
    assert len(mails_to(address)) == 1
    delete(message)


def test_a_job_that_was_put_into_the_queue_twice_is_one_mail(address: str) -> None:
    values = {"username": "yuki", "code": "012345", "minutes": "10"}
    job = {"id": new_id(), "template": "login_code", "to": address, "values": values}
    send_jobs("emails", [job, job])
    taken = [next_message(), next_message()]
    assert [handle(message) for message in taken] == [[], []]
    for message in taken:
        delete(message)
    assert len(mails_to(address)) == 1


def test_a_mail_without_a_recipient_is_dropped(address: str) -> None:
    send_mail("verification_code", None, username="", code="012345", minutes="10")
    message = next_message()
    assert handle(message) == []
    assert not mails_to(address)
    delete(message)


def test_a_failed_job_is_delivered_again_soon_and_then_later(address: str) -> None:
    values = {"username": "yuki", "code": "012345", "minutes": "10"}
    job = {"id": new_id(), "template": "login_code", "to": address, "values": values}
    busy = int(now()) + 60
    Delivery(f"mail#{job['id']}", busy_until=busy, expires_at=busy).create()  # another sends it
    send_jobs("emails", [job])
    first = next_message()
    assert handle(first) == [{"itemIdentifier": first["MessageId"]}]
    second = next_message(5)  # after a second, not after the 30 of the queue
    assert second["Attributes"]["ApproximateReceiveCount"] == "2"
    assert handle(second) == [{"itemIdentifier": first["MessageId"]}]
    assert messages(1) == []
    third = next_message(10)
    Delivery(f"mail#{job['id']}").delete()
    assert handle(third) == []
    assert len(mails_to(address)) == 1
    delete(third)


def test_a_job_that_no_try_can_help_goes_to_the_dead_letter_queue_at_once(address: str) -> None:
    job = {"id": new_id(), "template": "unknown", "to": address, "values": {}}
    send_jobs("emails", [job])
    message = next_message()
    assert handle(message) == []
    delete(message)
    answer = client("sqs").receive_message(
        QueueUrl=queue_url("emails-dead"), MaxNumberOfMessages=10, WaitTimeSeconds=5
    )
    assert job in [json.loads(each["Body"]) for each in answer["Messages"]]
