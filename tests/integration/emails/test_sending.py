"""Mails that are really sent, from the queue they come out of."""

import json
import urllib.request
from typing import Any

import pytest

from emails.public import send_mail
from emails.send_email import app
from shared.aws import client
from shared.ids import new_id
from shared.queues import queue_url, send_jobs
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


def messages(patience: int = 0) -> list[dict[str, Any]]:
    """Take messages out of the queue; those of calls that failed come again."""
    answer: Any = client("sqs").receive_message(
        QueueUrl=queue_url("emails"),
        MaxNumberOfMessages=10,
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
    if not failures:
        client("sqs").delete_message(
            QueueUrl=queue_url("emails"), ReceiptHandle=message["ReceiptHandle"]
        )
    return failures


def mails_to(address: str) -> list[dict[str, Any]]:
    """What the mail service sent to an address."""
    url = f"{client('ses').meta.endpoint_url}/_ministack/ses/messages"
    with urllib.request.urlopen(url) as answer:
        accounts = json.load(answer)["messages"]
    return [mail for mails in accounts.values() for mail in mails if mail["To"] == [address]]


def test_a_job_becomes_a_mail(address: str) -> None:
    send_mail("verification_code", address, username="yuki", code="012345", minutes="10")
    [message] = messages(4)
    assert handle(message) == []
    [mail] = mails_to(address)
    assert mail["Subject"] == "Your Hoshi code"
    assert "012345" in mail["BodyText"]
    assert "<strong>012345</strong>" in mail["BodyHtml"]
    assert handle(message) == [], "the queue may hand it over again"
    assert len(mails_to(address)) == 1


def test_a_job_that_was_put_into_the_queue_twice_is_one_mail(address: str) -> None:
    values = {"username": "yuki", "code": "012345", "minutes": "10"}
    job = {"id": new_id(), "template": "login_code", "to": address, "values": values}
    send_jobs("emails", [job, job])
    taken = messages(4)
    while len(taken) < 2:
        taken += messages(4)
    assert [handle(message) for message in taken] == [[], []]
    assert len(mails_to(address)) == 1


def test_a_mail_to_nobody_is_dropped(address: str) -> None:
    send_mail("verification_code", None, username="", code="012345", minutes="10")
    [message] = messages(4)
    assert handle(message) == []


def test_a_failure_comes_again_soon_and_then_later(address: str, capsys: Any) -> None:
    job = {"id": new_id(), "template": "unknown", "to": address, "values": {"code": "012345"}}
    send_jobs("emails", [job])
    [first] = messages(4)
    assert handle(first) == [{"itemIdentifier": first["MessageId"]}]
    [second] = messages(4)  # after a second, not after the 30 of the queue
    assert second["Attributes"]["ApproximateReceiveCount"] == "2"
    assert handle(second) == [{"itemIdentifier": first["MessageId"]}]
    assert messages(1) == []
    third = next(found for found in iter(lambda: messages(4), None) if found)[0]
    assert handle(third) == [{"itemIdentifier": first["MessageId"]}]
    logged = capsys.readouterr().out
    assert "InvalidJob" in logged
    assert address not in logged
    assert "012345" not in logged
