"""S3: the form that a client uploads with, and what the bucket reports."""

import json
from typing import Any

import httpx
import pytest

from infra.local.localstack_core import LocalStackCore
from infra.templates import functions

ORIGIN = "https://hoshi.example.com"


def form(core: LocalStackCore, bucket: str, key: str) -> Any:
    """As media/create_upload.py makes it."""
    return core.client("s3").generate_presigned_post(
        bucket,
        key,
        Fields={"Content-Type": "image/jpeg"},
        Conditions=[{"Content-Type": "image/jpeg"}, ["content-length-range", 1, 1000]],
        ExpiresIn=900,
    )


def upload(given: Any, content: bytes, **fields: str) -> int:
    files = {"file": ("picture.jpg", content, "image/jpeg")}
    answer = httpx.post(given["url"], data=given["fields"] | fields, files=files, timeout=30)
    return answer.status_code


def test_a_file_is_uploaded_by_the_form(core: LocalStackCore, bucket: str) -> None:
    assert upload(form(core, bucket, "uploads/images/a"), b"picture") == 204
    stored = core.client("s3").get_object(Bucket=bucket, Key="uploads/images/a")
    assert stored["Body"].read() == b"picture"
    assert stored["ContentType"] == "image/jpeg"


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (b"x" * 1001, {}),
        (b"", {}),
        (b"picture", {"key": "uploads/images/of-another"}),
        (b"picture", {"Content-Type": "text/html"}),
    ],
    ids=["too large", "empty", "another key", "another type"],
)
def test_what_the_form_does_not_allow_is_refused(
    core: LocalStackCore, bucket: str, content: bytes, fields: dict[str, str]
) -> None:
    assert upload(form(core, bucket, "uploads/images/b"), content, **fields) in (400, 403)


def test_browsers_may_upload_and_read(core: LocalStackCore, bucket: str) -> None:
    for method in ("POST", "GET"):
        answer = httpx.options(
            f"{core.endpoint}/{bucket}/uploads/images/a",
            headers={"Origin": ORIGIN, "Access-Control-Request-Method": method},
        )
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] in ("*", ORIGIN)


def test_the_bucket_reports_what_each_worker_waits_for(
    core: LocalStackCore, foundation: dict[str, str], bucket: str
) -> None:
    """The workers' own filters, with a queue for each worker: the core runs no Lambda."""
    s3, sqs = core.client("s3"), core.client("sqs")
    filters = {
        name: event["Properties"]["Filter"]
        for name, function in functions().items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "S3"
    }
    assert len(filters) == 2
    queues = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in filters}
    s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "QueueConfigurations": [
                {
                    "QueueArn": f"arn:aws:sqs:us-east-1:000000000000:{name}",
                    "Events": ["s3:ObjectCreated:*"],
                    "Filter": {
                        "Key": {
                            "FilterRules": [
                                {"Name": rule["Name"], "Value": rule["Value"]}
                                for rule in given["S3Key"]["Rules"]
                            ]
                        }
                    },
                }
                for name, given in filters.items()
            ]
        },
        SkipDestinationValidation=True,
    )
    prefixes = {name: given["S3Key"]["Rules"][0]["Value"] for name, given in filters.items()}
    for prefix in (*prefixes.values(), "media/"):
        assert upload(form(core, bucket, f"{prefix}c"), b"picture") == 204
    for name, queue in queues.items():
        [message] = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=10)[
            "Messages"
        ]
        [record] = json.loads(message["Body"])["Records"]
        assert record["s3"]["object"]["key"] == f"{prefixes[name]}c"
        assert record["s3"]["bucket"]["name"] == bucket
