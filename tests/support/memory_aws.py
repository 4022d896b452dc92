"""AWS in memory, at the wire: the real clients build the requests and parse the answers.

The product is not patched. The botocore session passes each finished HTTP request to
`MemoryAws.answer` instead of a socket, so that tests include signing, serialization,
errors and retries.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import EndpointConnectionError

from tests.support.memory_bucket import MemoryBucket
from tests.support.memory_dynamo import MemoryDynamo, Refused

_SNS = "http://sns.amazonaws.com/doc/2010-03-31/"


@dataclass
class Failure:
    """How the next calls of an operation fail."""

    code: str | None  # None: there is no answer at all
    status: int
    times: int
    first: int  # calls that succeed before that


@dataclass
class MemoryAws:
    """All of AWS that the kernel calls, for one test."""

    stack: str = "hoshi"
    dynamo: MemoryDynamo = field(init=False)
    calls: list[str] = field(default_factory=list)
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    published: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sent: dict[str, list[str]] = field(default_factory=dict)
    delays: dict[str, list[int]] = field(default_factory=dict)  # of what was sent, in seconds
    pushed: dict[str, list[str]] = field(default_factory=dict)
    bucket: MemoryBucket = field(default_factory=MemoryBucket)
    # By name: what `lambda.Invoke` calls with the payload.
    functions: dict[str, Callable[[dict[str, Any], Any], Any]] = field(default_factory=dict)
    pauses: list[int] = field(default_factory=list)  # of messages, until they are delivered again
    mails: list[dict[str, Any]] = field(default_factory=list)  # what SES was asked to send
    unmailable: set[str] = field(default_factory=set)  # addresses that SES refuses
    sayings: list[str] = field(default_factory=list)  # what the model answers next
    asked: list[dict[str, Any]] = field(default_factory=list)  # what the model was asked
    gone_sockets: set[str] = field(default_factory=set)
    closed_sockets: list[str] = field(default_factory=list)
    _failures: dict[str, Failure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dynamo = MemoryDynamo(self.stack)

    @property
    def objects(self) -> dict[str, tuple[bytes, str]]:
        """By key, the content of an object and its type."""
        return self.bucket.objects

    @property
    def keys(self) -> dict[str, str]:
        """By key of an object, the KMS key that encrypts it."""
        return self.bucket.keys

    def fail(
        self,
        operation: str,
        code: str | None,
        *,
        status: int = 400,
        times: int = 99,
        first: int = 0,
    ) -> None:
        """Let `operation` ("dynamodb.PutItem") fail `times` times with an error code, or (None)
        without an answer, after the `first` calls have succeeded."""
        self._failures[operation] = Failure(code, status, times, first)

    def refuse_entries(self, operation: str, times: int = 99) -> None:
        """Let batches of "sns.PublishBatch" or "sqs.SendMessageBatch" succeed without their last
        entries, `times` times."""
        self._failures[f"{operation} entry"] = Failure("InternalError", 200, times, 0)

    def answer(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        """The answer to a request that a client is about to send."""
        _, service, operation = event_name.split(".")
        service = service.replace("-", "")  # botocore says "secrets-manager"
        name = f"{service}.{operation}"
        self.calls.append(name)
        failure = self._due(name)
        if failure and failure.code is None:
            raise EndpointConnectionError(endpoint_url=request.url)
        if failure:
            return _response(request, failure.status, _error(service, failure.code or ""))
        try:
            if service == "s3":
                return _response(request, *self.bucket.answer(operation, request))
            return _response(request, 200, _SERVICES[service](self, operation, request))
        except _Raised as raised:
            headers = {"x-amz-function-error": "Unhandled"}
            return _response(request, 200, json.dumps(raised.report), headers)
        except Refused as refused:
            return _response(request, 400, json.dumps(refused.body))
        except _Gone:
            return _response(request, 410, "{}", {"x-amzn-errortype": "GoneException"})

    def _due(self, name: str) -> Failure | None:
        failure = self._failures.get(name)
        if failure is None or failure.times == 0:
            return None
        if failure.first:
            failure.first -= 1
            return None
        failure.times -= 1
        return failure

    def _dynamodb(self, operation: str, request: AWSPreparedRequest) -> str:
        return json.dumps(self.dynamo.answer(operation, json.loads(_body(request))))

    def _secretsmanager(self, operation: str, request: AWSPreparedRequest) -> str:
        assert operation == "GetSecretValue"
        secret = json.loads(_body(request))["SecretId"]
        return json.dumps({"Name": secret, "SecretString": json.dumps(self.secrets[secret])})

    def _sqs(self, operation: str, request: AWSPreparedRequest) -> str:
        asked = json.loads(_body(request))
        if operation == "ChangeMessageVisibility":
            self.pauses.append(asked["VisibilityTimeout"])
            return "{}"
        assert operation == "SendMessageBatch"
        queue = asked["QueueUrl"].rsplit("/", 1)[1].removeprefix(f"{self.stack}-")
        entries = asked["Entries"]
        assert 1 <= len(entries) <= 10
        refused = [entries.pop()["Id"]] if self._due("sqs.SendMessageBatch entry") else []
        self.sent.setdefault(queue, []).extend(entry["MessageBody"] for entry in entries)
        self.delays.setdefault(queue, []).extend(entry["DelaySeconds"] for entry in entries)
        return json.dumps(
            {
                "Successful": [
                    {"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": ""}
                    for entry in entries
                ],
                "Failed": [
                    {"Id": each, "SenderFault": False, "Code": "InternalError"} for each in refused
                ],
            }
        )

    def _sns(self, operation: str, request: AWSPreparedRequest) -> str:
        assert operation == "PublishBatch"
        asked = {name: values[0] for name, values in parse_qs(_body(request)).items()}
        topic = asked["TopicArn"].rsplit(":", 1)[1].removeprefix(f"{self.stack}-")
        members = "PublishBatchRequestEntries.member"
        count = sum(f"{members}.{number}.Id" in asked for number in range(1, 12))
        assert 1 <= count <= 10
        refused = count if self._due("sns.PublishBatch entry") else None
        outcome = ""
        for number in range(1, count + 1):
            entry = asked[f"{members}.{number}.Id"]
            if number == refused:
                kind, fields = (
                    "Failed",
                    "<Code>InternalError</Code><SenderFault>false</SenderFault>",
                )
            else:
                kind, fields = "Successful", "<MessageId>m</MessageId>"
                message = json.loads(asked[f"{members}.{number}.Message"])
                self.published.setdefault(topic, []).append(message)
            outcome += f"<{kind}><member><Id>{entry}</Id>{fields}</member></{kind}>"
        return (
            f'<PublishBatchResponse xmlns="{_SNS}"><PublishBatchResult>{outcome}'
            "</PublishBatchResult></PublishBatchResponse>"
        )

    def _kms(self, operation: str, request: AWSPreparedRequest) -> str:
        """What is encrypted opens with the same key and context only."""
        assert operation in ("Encrypt", "Decrypt")
        asked = json.loads(_body(request))
        lock = [asked["KeyId"], asked["EncryptionContext"]]
        if operation == "Encrypt":
            sealed = json.dumps([*lock, asked["Plaintext"][::-1]]).encode()
            return json.dumps({"CiphertextBlob": base64.b64encode(sealed).decode()})
        *locked, plaintext = json.loads(base64.b64decode(asked["CiphertextBlob"]))
        if locked != lock:
            raise Refused("InvalidCiphertextException")
        return json.dumps({"Plaintext": plaintext[::-1]})

    def _bedrock(self, operation: str, request: AWSPreparedRequest) -> str:
        assert operation == "Converse"
        model = unquote(urlsplit(request.url).path).split("/")[2]
        self.asked.append({**json.loads(_body(request)), "modelId": model})
        said, _, reason = self.sayings.pop(0).partition("|")
        return json.dumps(
            {
                "output": {"message": {"role": "assistant", "content": [{"text": said}]}},
                "stopReason": reason or "end_turn",
                "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
                "metrics": {"latencyMs": 1},
            }
        )

    def _sesv2(self, operation: str, request: AWSPreparedRequest) -> str:
        assert operation == "SendEmail"
        asked = json.loads(_body(request))
        if self.unmailable.intersection(asked["Destination"]["ToAddresses"]):
            raise Refused("MessageRejected")
        self.mails.append(asked)
        return json.dumps({"MessageId": "m"})

    def _lambda(self, operation: str, request: AWSPreparedRequest) -> str:
        """What a function answers; its exception, as Lambda reports it."""
        assert operation == "Invoke"
        name = unquote(urlsplit(request.url).path).split("/")[3].removeprefix(f"{self.stack}-")
        try:
            return json.dumps(self.functions[name](json.loads(_body(request)), None))
        except Exception as error:
            report = {"errorMessage": str(error), "errorType": type(error).__name__}
            raise _Raised(report) from error

    def _execute_api(self, operation: str, request: AWSPreparedRequest) -> str:
        assert operation in ("PostToConnection", "DeleteConnection")
        connection = unquote(urlsplit(request.url).path.rsplit("/", 1)[1])
        if connection in self.gone_sockets:
            raise _Gone
        if operation == "DeleteConnection":
            self.closed_sockets.append(connection)
            return ""
        self.pushed.setdefault(connection, []).append(_body(request))
        return ""


class _Raised(Exception):
    """A function that was invoked has raised."""

    def __init__(self, report: dict[str, str]) -> None:
        super().__init__(report)
        self.report = report


class _Gone(Exception):
    """The socket is no longer connected."""


_SERVICES: dict[str, Callable[[MemoryAws, str, AWSPreparedRequest], str]] = {
    "dynamodb": MemoryAws._dynamodb,
    "secretsmanager": MemoryAws._secretsmanager,
    "sqs": MemoryAws._sqs,
    "sns": MemoryAws._sns,
    "apigatewaymanagementapi": MemoryAws._execute_api,
    "bedrockruntime": MemoryAws._bedrock,
    "kms": MemoryAws._kms,
    "lambda": MemoryAws._lambda,
    "sesv2": MemoryAws._sesv2,
}


def _body(request: AWSPreparedRequest) -> str:
    body = request.body
    return body.decode() if isinstance(body, bytes) else str(body or "")


def _error(service: str, code: str) -> str:
    if service == "sns":
        return (
            f'<ErrorResponse xmlns="{_SNS}"><Error><Type>Sender</Type><Code>{code}</Code>'
            "<Message>refused</Message></Error></ErrorResponse>"
        )
    return json.dumps({"__type": code, "message": "refused"})


class _Raw:
    """The body of an answer, as urllib3 would stream it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Any:
        yield self._body

    def read(self, *_: Any, **__: Any) -> bytes:
        body, self._body = self._body, b""
        return body


def _response(
    request: AWSPreparedRequest,
    status: int,
    body: str | bytes,
    headers: dict[str, str] | None = None,
) -> AWSResponse:
    content = body.encode() if isinstance(body, str) else body
    all_headers = {"x-amzn-requestid": "in-memory", **(headers or {})}
    return AWSResponse(request.url, status, all_headers, _Raw(content))  # type: ignore[arg-type]
