"""Opening and closing sockets."""

from dataclasses import replace

import pytest

from chat import ws_connect, ws_disconnect
from shared.access.caller import Caller
from shared.access.revocation import end_session
from shared.clock import now, stop_at
from shared.dynamodb.tables import transaction
from shared.realtime.sockets import Connection, sockets_of
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.chat.conftest import a_socket, socket_event
from tests.unit.conftest import NOON


def connect(caller: Caller | None) -> int:
    answer = ws_connect.app(socket_event("$connect", "CONNECT", caller), LambdaContext())
    assert set(answer) == {"statusCode"}
    return int(answer["statusCode"])


def test_a_socket_is_stored_for_as_long_as_the_gateway_keeps_it(caller: Caller) -> None:
    assert connect(caller) == 200
    socket = Connection.find("socket")
    assert socket
    assert (socket.user_id, socket.session_id) == (caller.user_id, caller.session_id)
    assert 7200 < socket.expires_at - now() <= 7200 + 900


def test_an_unverified_account_is_refused(caller: Caller) -> None:
    assert connect(replace(caller, scope="unverified")) == 403
    assert Connection.find("socket") is None


def test_an_ended_session_is_refused(caller: Caller) -> None:
    with transaction() as write:
        end_session(write, caller.user_id, caller.session_id)
    assert connect(caller) == 401
    assert connect(None) == 401
    assert Connection.find("socket") is None


def test_a_socket_that_is_refused_for_a_failure_is_not_stored(
    caller: Caller, aws: MemoryAws
) -> None:
    """The gateway reports no $disconnect of it, so its user would be online for two hours."""
    aws.fail("dynamodb.GetItem", "ValidationException", times=1)
    assert connect(caller) == 500
    assert Connection.find("socket") is None
    assert sockets_of(caller.user_id) == []


def test_an_eleventh_socket_closes_the_oldest(caller: Caller, aws: MemoryAws) -> None:
    for number in range(10):
        with stop_at(NOON - 100 + number):
            a_socket(caller, f"socket-{number}")
    assert connect(caller) == 200
    assert aws.closed_sockets == ["socket-0"]
    assert Connection.find("socket-0") is None
    assert Connection.find("socket-1")


def test_a_socket_that_is_closed_already_makes_room_too(caller: Caller, aws: MemoryAws) -> None:
    for number in range(10):
        with stop_at(NOON - 100 + number):
            a_socket(caller, f"socket-{number}")
    aws.gone_sockets.add("socket-0")
    assert connect(caller) == 200
    assert Connection.find("socket-0") is None


def test_exactly_the_socket_that_was_closed_is_deleted(caller: Caller) -> None:
    a_socket(caller, "socket")
    a_socket(caller, "another")
    event = socket_event("$disconnect", "DISCONNECT", caller)
    assert ws_disconnect.app(event, LambdaContext()) == {"statusCode": 200}
    assert Connection.find("socket") is None
    assert Connection.find("another")


@pytest.mark.parametrize("handler", [ws_connect, ws_disconnect])
def test_the_sample_events_are_handled(handler: object) -> None:
    name = str(getattr(handler, "__name__", "")).removeprefix("chat.")
    event = load_event("chat", name)
    assert handler.app(event, LambdaContext()) == {"statusCode": 200}  # type: ignore[attr-defined]
