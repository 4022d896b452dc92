"""AWS answered from memory: record what a handler asks and is told, then tell it again without a network."""

import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session

type Call = tuple[str, dict[str, Any]]


@dataclass
class Recording:
    """The calls of one run of a handler: service, operation, parameters, and the raw answers."""

    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, list[tuple[int, dict[str, str], bytes]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    @property
    def capacity(self) -> dict[str, float]:
        """Read and write units of the run, computed from the items' sizes: the emulator models none."""
        return units_of(self)


class _Raw:
    """The body of an answer that botocore reads."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._content


def _key(request: Any) -> str:
    """What tells one call of a handler from another: the operation and the tables or queues it names."""
    body = request.body.decode() if isinstance(request.body, bytes) else (request.body or "")
    operation = request.headers.get("X-Amz-Target", b"")
    target = operation.decode() if isinstance(operation, bytes) else operation
    try:
        parsed = json.loads(body)
    except ValueError:
        return f"{request.method} {request.url}"
    tables = parsed.get("TableName") or sorted(parsed.get("RequestItems", {})) or ""
    index = parsed.get("IndexName", "")
    return f"{target} {tables} {index}"


@contextmanager
def recorded(*clients: Any) -> Iterator[Recording]:
    """Let `clients` ask the emulator, and keep what they ask and are told."""
    recording = Recording()
    session = URLLib3Session()

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        service = model.service_model.service_name
        recording.calls.append((service, model.name, dict(params)))

    def ask(request: Any, **_: Any) -> AWSResponse:
        answer = session.send(request)
        kept = (answer.status_code, dict(answer.headers), answer.content)
        recording.answers[_key(request)].append(kept)
        return answer

    with _registered(clients, {"provide-client-params": note, "before-send": ask}):
        yield recording


@contextmanager
def replayed(recording: Recording, *clients: Any) -> Iterator[None]:
    """Let `clients` be told what was recorded, over and over."""
    answers = {key: itertools.cycle(kept) for key, kept in recording.answers.items()}

    def tell(request: Any, **_: Any) -> AWSResponse:
        status, headers, content = next(answers[_key(request)])
        return AWSResponse(request.url, status, headers, _Raw(content))

    with _registered(clients, {"before-send": tell}):
        yield


@contextmanager
def _registered(clients: tuple[Any, ...], handlers: dict[str, Callable[..., Any]]) -> Iterator[None]:
    for made in clients:
        for event, handler in handlers.items():
            made.meta.events.register_first(event, handler)
    try:
        yield
    finally:
        for made in clients:
            for event, handler in handlers.items():
                made.meta.events.unregister(event, handler)


def units_of(recording: Recording) -> dict[str, float]:
    """Eventually consistent reads cost half a unit per 4 KB, writes one per KB, in transactions twice
    (the DynamoDB developer guide, "Read and write operations"). Indexes are not counted in writes."""
    read = write = 0.0
    told = {key: itertools.cycle(kept) for key, kept in recording.answers.items()}
    for key in recording.answers:
        operation = key.split(" ")[0].rpartition(".")[2]
        for _ in recording.answers[key]:
            _, _, content = next(told[key])
            answer = json.loads(content or b"{}")
            if operation == "BatchGetItem":
                items = [item for found in answer.get("Responses", {}).values() for item in found]
                read += sum(0.5 * _blocks(item, 4096) for item in items)
            elif operation == "Query":
                size = sum(_size(item) for item in answer.get("Items", []))
                read += 0.5 * max(1, -(-size // 4096))
            elif operation == "GetItem":
                read += 0.5 * _blocks(answer.get("Item", {}), 4096)
    for _, operation, params in recording.calls:
        if operation == "TransactWriteItems":
            for action in params["TransactItems"]:
                [arguments] = action.values()
                write += 2 * _blocks(arguments.get("Item", {}), 1024)
        elif operation in ("PutItem", "UpdateItem", "DeleteItem"):
            write += _blocks(params.get("Item", {}), 1024)
        elif operation == "BatchWriteItem":
            for requests in params["RequestItems"].values():
                write += sum(
                    _blocks(request.get("PutRequest", {}).get("Item", {}), 1024) for request in requests
                )
    return {"read": read, "write": write}


def _blocks(item: dict[str, Any], block: int) -> int:
    return max(1, -(-_size(item) // block))


def _size(item: dict[str, Any]) -> int:
    """About what DynamoDB counts: names and values."""
    return sum(len(name) + len(str(next(iter(value.values())))) for name, value in item.items())
