"""AWS in memory that records what each call would be billed."""

import io
import json
from collections.abc import Callable, Iterator
from time import thread_time
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from tests.bench.capacity import blocks
from tests.bench.costs.meter import Meter
from tests.bench.costs.metered_dynamo import MeteredDynamo
from tests.support.memory_aws import MemoryAws

MESSAGE_BLOCK = 64 * 1024  # bytes that SNS and SQS bill as one request


class MeteredAws(MemoryAws):
    """AWS in memory with a meter. Objects in the bucket, mails and health checks of services are
    only counted."""

    def __post_init__(self) -> None:
        self.meter = Meter()
        self.dynamo: MeteredDynamo = MeteredDynamo(self.stack, self.meter)

    def answer(self, request: AWSPreparedRequest, event_name: str, **more: Any) -> AWSResponse:
        _, service, operation = event_name.split(".")
        began = thread_time()
        try:
            given = _ANSWERS.get(f"{service}.{operation}")
            if given is None:
                return super().answer(request, event_name, **more)
            return AWSResponse(request.url, 200, _HEADERS, _Raw(given(request)))  # type: ignore[arg-type]
        finally:
            if service != "secrets-manager":  # called by a process now and then, not by a request
                self.meter.note(f"{service}.{operation}", thread_time() - began)
            for what, quantity in _billed(service, operation, request):
                self.meter.bill(what, quantity)


def _billed(
    service: str, operation: str, request: AWSPreparedRequest
) -> Iterator[tuple[str, float]]:
    """The billed quantities of a call, other than DynamoDB's units."""
    size = len(request.body) if isinstance(request.body, (str, bytes)) else 0
    match service:
        case "sns" if operation == "PublishBatch":
            yield "topic_requests", blocks(size, MESSAGE_BLOCK)
        case "sqs":
            yield "queue_requests", blocks(size, MESSAGE_BLOCK)
        case "sesv2":
            yield "mails", 1
        case "kms":
            yield "key_requests", 1
        case "s3":
            if b"aws:kms" in request.headers.values() or "aws:kms" in request.headers.values():
                yield "key_requests", 1
            kind = "reads" if operation.startswith(("Get", "Head")) else "writes"
            if not operation.startswith("Delete"):  # which is free
                yield f"object_{kind}", 1
        case "apigatewaymanagementapi":
            yield "frames", 1


OBJECT = b"an object"  # the content of every object in the bucket
_HEADERS = {
    "x-amzn-requestid": "in-memory",
    "etag": '"1"',
    "content-length": str(len(OBJECT)),
    "content-type": "image/jpeg",
    "last-modified": "Mon, 05 Jan 2026 12:00:00 GMT",
}
_SNS = "http://sns.amazonaws.com/doc/2010-03-31/"


def _described(request: AWSPreparedRequest) -> bytes:
    return json.dumps({"Table": {"TableStatus": "ACTIVE"}}).encode()


def _nothing(request: AWSPreparedRequest) -> bytes:
    return b""


def _no_text(request: AWSPreparedRequest) -> bytes:
    return b"{}"


_ANSWERS: dict[str, Callable[[AWSPreparedRequest], bytes]] = {
    "dynamodb.DescribeTable": _described,
    "s3.CopyObject": lambda _: b"<CopyObjectResult/>",
    "s3.DeleteObject": _nothing,
    "s3.DeleteObjects": lambda _: b"<DeleteResult/>",
    "s3.HeadBucket": _nothing,
    "s3.HeadObject": _nothing,
    "s3.GetObject": lambda _: OBJECT,
    "s3.ListObjectsV2": lambda _: b"<ListBucketResult/>",
    "s3.PutObject": _nothing,
    "s3.UploadPart": _nothing,
    "s3.CreateMultipartUpload": lambda _: (
        b"<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"
    ),
    "s3.CompleteMultipartUpload": lambda _: b"<CompleteMultipartUploadResult/>",
    "sesv2.SendEmail": lambda _: b'{"MessageId": "m"}',
    "sns.GetTopicAttributes": lambda _: (
        f'<GetTopicAttributesResponse xmlns="{_SNS}"><GetTopicAttributesResult><Attributes/>'
        "</GetTopicAttributesResult></GetTopicAttributesResponse>"
    ).encode(),
    "sqs.GetQueueAttributes": lambda _: b'{"Attributes": {}}',
    "sqs.ChangeMessageVisibility": _no_text,
}


class _Raw(io.BytesIO):
    """The body of an answer as urllib3 streams it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.getvalue()
