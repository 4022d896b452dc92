"""AWS answered from memory: record the requests and answers of a handler, then replay them.

The clients do all their work, from serializing and signing to parsing the answer; only the network
is left out. An answer is found by the whole request, so with the clock stopped (`clock.stop_at`) a
replayed handler does exactly what it did when it was recorded, or fails.
"""

import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session

from tests.support.steps import stepping


@dataclass(frozen=True)
class Call:
    """One AWS call."""

    service: str
    operation: str
    parameters: dict[str, Any]
    step: int = 1  # its sequential step; parallel calls share one


@dataclass
class Recording:
    """The calls of one run of a handler, and the raw answers by request."""

    calls: list[Call] = field(default_factory=list)
    answers: dict[tuple[Any, ...], list[tuple[int, dict[str, str], bytes]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    @property
    def steps(self) -> int:
        """The number of sequential steps; parallel calls share one."""
        return max(call.step for call in self.calls)

    @property
    def operations(self) -> list[str]:
        """The names of the calls, sorted: parallel calls arrive in any order."""
        return sorted(call.operation for call in self.calls)


class _Raw:
    """The body of an answer as botocore reads it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._content


def _key(request: Any) -> tuple[Any, ...]:
    """The key of a request: everything but its headers, which hold times and signatures, and the
    random token that botocore gives each transaction."""
    target = request.headers.get("X-Amz-Target")
    return (request.url, target, request.body.partition(b', "ClientRequestToken"')[0])


@contextmanager
def noted(*clients: Any) -> Iterator[list[Call]]:
    """The calls that `clients` make inside the block."""
    calls: list[Call] = []

    def note(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        if not context.get("is_presign_request"):  # which sends nothing
            name = model.service_model.service_name
            calls.append(Call(name, model.name, dict(params), steps.next()))

    with stepping() as steps, _registered(clients, "provide-client-params", note):
        yield calls


@contextmanager
def recorded(*clients: Any) -> Iterator[Recording]:
    """Let `clients` call the emulator, and record requests and answers."""
    recording = Recording()
    session = URLLib3Session()

    def send(request: Any, **_: Any) -> AWSResponse:
        answer = session.send(request)
        kept = (answer.status_code, dict(answer.headers), answer.content)
        recording.answers[_key(request)].append(kept)
        return answer

    with noted(*clients) as recording.calls, _registered(clients, "before-send", send):
        yield recording


@contextmanager
def replayed(recording: Recording, *clients: Any) -> Iterator[None]:
    """Answer the requests of `clients` from the recording, as often as they come; a request that
    was not recorded fails."""
    answers = {key: itertools.cycle(kept) for key, kept in recording.answers.items()}

    def replay(request: Any, **_: Any) -> AWSResponse:
        status, headers, content = next(answers[_key(request)])
        return AWSResponse(request.url, status, headers, _Raw(content))

    with _registered(clients, "before-send", replay):
        yield


class Reference:
    """Default boto3 clients that make the calls of a recording, and do nothing else."""

    def __init__(self, recording: Recording) -> None:
        services = {call.service for call in recording.calls}
        made = {service: boto3.client(service) for service in services}
        self.clients = list(made.values())
        self._calls = [
            (getattr(made[call.service], xform_name(call.operation)), call.parameters)
            for call in recording.calls
        ]

    def run(self, event: str, answer: Any) -> str:
        """Parse the event, make the calls one after the other, and serialize the answer."""
        json.loads(event)
        for call, parameters in self._calls:
            call(**parameters)
        return json.dumps(answer)


@contextmanager
def _registered(
    clients: tuple[Any, ...], event: str, handler: Callable[..., Any]
) -> Iterator[None]:
    for made in clients:
        made.meta.events.register_first(event, handler)
    try:
        yield
    finally:
        for made in clients:
            made.meta.events.unregister(event, handler)
