"""The job that opens sessions of Socket.IO, and closes sockets without a user."""

import json

import pytest

from chat import greet_socket
from chat.handshakes import CHECK, GREET
from shared import parallel
from shared.access.caller import Caller
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.chat.conftest import a_socket


def work(step: str) -> bool:
    """Do the job for the socket `socket`; return whether it is done."""
    event = load_event("chat", "greet_socket")
    event["Records"][0]["body"] = json.dumps({"connection_id": "socket", "step": step})
    return not greet_socket.app(event, LambdaContext())["batchItemFailures"]


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between tries, which take no time."""
    made: list[float] = []
    monkeypatch.setattr(parallel.time, "sleep", made.append)
    return made


def test_a_socket_is_greeted(aws: MemoryAws, waits: list[float]) -> None:
    assert work(GREET)
    [packet] = aws.pushed["socket"]
    assert json.loads(packet.removeprefix("0"))["upgrades"] == []
    assert waits == []


def test_a_socket_that_is_opening_is_greeted_when_the_gateway_knows_it(
    aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.gone_sockets.add("socket")

    def opens(seconds: float) -> None:
        aws.gone_sockets.clear()

    monkeypatch.setattr(parallel.time, "sleep", opens)
    assert work(GREET)
    assert len(aws.pushed["socket"]) == 1


def test_a_socket_that_was_closed_is_given_up(aws: MemoryAws, waits: list[float]) -> None:
    aws.gone_sockets.add("socket")
    assert work(GREET)
    assert 0.5 < sum(waits) < 10


def test_a_greeting_that_fails_is_tried_again(aws: MemoryAws) -> None:
    aws.fail("apigatewaymanagementapi.PostToConnection", "LimitExceededException", status=429)
    assert not work(GREET)


def test_a_socket_without_a_user_is_closed(aws: MemoryAws) -> None:
    assert work(CHECK)
    assert aws.closed_sockets == ["socket"]


def test_a_socket_with_a_user_stays_open(caller: Caller, aws: MemoryAws) -> None:
    a_socket(caller, "socket")
    assert work(CHECK)
    assert aws.closed_sockets == []


def test_closing_is_tried_again_until_the_socket_is_gone(aws: MemoryAws) -> None:
    aws.fail("apigatewaymanagementapi.DeleteConnection", "LimitExceededException", status=429)
    assert not work(CHECK)
    aws.fail("apigatewaymanagementapi.DeleteConnection", None, times=0)
    aws.gone_sockets.add("socket")
    assert work(CHECK)


def test_the_sample_event_is_handled(aws: MemoryAws) -> None:
    assert greet_socket.app(load_event("chat", "greet_socket"), LambdaContext()) == {
        "batchItemFailures": []
    }
