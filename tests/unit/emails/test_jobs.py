import json
from typing import Any

import pytest

from emails.public import send_mail
from emails.send_email import InvalidJob, app, read_job
from emails.templates import TEMPLATES
from infra.local.mails import SAMPLES
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.conftest import Log

JOB: dict[str, Any] = json.loads(load_event("emails", "send_email")["Records"][0]["body"])


def test_a_job_is_a_mail() -> None:
    job_id, to, mail = read_job(JOB)
    assert (job_id, to) == (JOB["id"], JOB["to"])
    assert JOB["values"]["code"] in mail.text


def test_a_mail_without_a_recipient_is_a_valid_job() -> None:
    assert read_job({**JOB, "to": None})[1] is None


def test_a_job_is_mailed_in_its_language(aws: MemoryAws) -> None:
    send_mail("login_code", "a@example.com", language="ja", username="yuki", code="1", minutes="10")
    job = json.loads(aws.sent["emails"][-1])
    assert deliver(job)
    [mail] = aws.mails
    simple = mail["Content"]["Simple"]
    assert simple["Subject"]["Data"] == "Hoshi のログインコード"
    assert "@yuki さん" in simple["Body"]["Text"]["Data"]
    assert '<html lang="ja">' in simple["Body"]["Html"]["Data"]


@pytest.mark.parametrize("more", [{}, {"language": "en"}, {"language": "fr"}, {"language": ""}])
def test_a_job_without_a_language_of_ours_is_english(more: dict[str, Any]) -> None:
    job = {name: value for name, value in JOB.items() if name != "language"}
    assert read_job({**job, **more})[2].subject == "Your Hoshi code"


@pytest.mark.parametrize(
    "job",
    [
        [],
        "text",
        {},
        {**JOB, "id": None},
        {**JOB, "template": "unknown"},
        {**JOB, "template": ["login_code"]},
        {**JOB, "values": {}},
        {**JOB, "values": None},
        {**JOB, "template": "export_ready", "values": {"username": "a", "link": "javascript:x"}},
        {**JOB, "language": None},
        {**JOB, "language": ["ja"]},
        {**JOB, "to": "nobody"},
        {**JOB, "to": "a@example.com, b@example.com"},
        {**JOB, "to": "a@example.com\r\nBcc: b@example.com"},
        {**JOB, "to": "a" * 250 + "@example.com"},
    ],
)
def test_an_invalid_job_is_refused_without_revealing_its_content(job: Any) -> None:
    with pytest.raises(InvalidJob) as caught:
        read_job(job)
    assert str(caught.value) == ""
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def deliver(job: Any, tries: int = 1) -> bool:
    """Deliver a job for the so many-th time; returns whether it is done."""
    event = load_event("emails", "send_email")
    event["Records"][0]["body"] = json.dumps(job)
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = str(tries)
    failed = app(event, LambdaContext())["batchItemFailures"]
    assert failed in ([], [{"itemIdentifier": event["Records"][0]["messageId"]}])
    return not failed


def test_a_mail_is_sent_with_both_parts_and_without_headers_of_newsletters(aws: MemoryAws) -> None:
    assert deliver(JOB)
    assert deliver(JOB)
    [mail] = aws.mails
    assert mail["FromEmailAddress"] == "Hoshi <hello@example.com>"
    assert mail["Destination"] == {"ToAddresses": [JOB["to"]]}
    assert mail["ConfigurationSetName"] == "hoshi-codes"
    simple = mail["Content"]["Simple"]
    assert "Headers" not in simple
    assert JOB["values"]["code"] in simple["Body"]["Text"]["Data"]
    assert JOB["values"]["code"] in simple["Body"]["Html"]["Data"]


def test_a_job_that_no_try_can_help_is_dead_at_once_and_logged_without_its_content(
    aws: MemoryAws, log: Log
) -> None:
    job = {**JOB, "template": "unknown"}
    assert deliver(job)
    assert [json.loads(body) for body in aws.sent["emails-dead"]] == [job]
    assert "InvalidJob" in log.text
    assert JOB["to"] not in log.text
    assert JOB["values"]["code"] not in log.text


def test_a_refused_address_is_dead_at_once(aws: MemoryAws, log: Log) -> None:
    aws.unmailable.add(JOB["to"])
    assert deliver(JOB)
    assert [json.loads(body) for body in aws.sent["emails-dead"]] == [JOB]
    assert aws.pauses == []
    assert JOB["to"] not in log.text


@pytest.mark.parametrize(
    ("code", "status"),
    [("TooManyRequestsException", 429), ("InternalFailure", 500), ("SendingPausedException", 400)],
)
def test_what_may_pass_is_tried_again_soon_and_then_later(
    aws: MemoryAws, code: str, status: int
) -> None:
    aws.fail("sesv2.SendEmail", code, status=status)
    assert not any(deliver(JOB, tries) for tries in range(1, 12))
    assert aws.pauses == [1, 4, 9, 30, 60, 120, 240, 480, 960, 1920, 3600]
    assert "emails-dead" not in aws.sent
    aws.fail("sesv2.SendEmail", None, times=0)
    assert deliver(JOB, 12)
    assert len(aws.mails) == 1


def test_a_mail_that_cannot_be_given_up_is_tried_again(aws: MemoryAws) -> None:
    aws.fail("sqs.SendMessageBatch", "ServiceUnavailable", status=503)
    assert not deliver({**JOB, "template": "unknown"})


@pytest.mark.parametrize("name", sorted(TEMPLATES - {"newsletter"}))
def test_codes_alone_are_mailed_to_addresses_that_bounced(aws: MemoryAws, name: str) -> None:
    assert deliver({**JOB, "template": name, "values": SAMPLES})
    [mail] = aws.mails
    has_code = SAMPLES["code"] in mail["Content"]["Simple"]["Body"]["Text"]["Data"]
    assert mail["ConfigurationSetName"] == ("hoshi-codes" if has_code else "hoshi-mails")
