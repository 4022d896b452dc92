import json
from typing import Any

import pytest

from emails.send_email import InvalidJob, app, read_job
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


def test_a_failed_job_is_reported_without_its_content(aws: MemoryAws, log: Log) -> None:
    event = load_event("emails", "send_email")
    event["Records"][0]["body"] = json.dumps({**JOB, "template": "unknown"})
    aws.fail("sqs.ChangeMessageVisibility", "ServiceUnavailable", status=503)
    answer = app(event, LambdaContext())
    failed = event["Records"][0]["messageId"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": failed}]}
    assert "InvalidJob" in log.text
    assert JOB["to"] not in log.text
    assert JOB["values"]["code"] not in log.text
