"""Everything around the view of a WebSocket route: checks, errors, log."""

from typing import Any

import pytest

from chat import ws_connect, ws_default, ws_disconnect, ws_join_room, ws_ping
from chat.bodies import SyncFrame
from chat.websocket import Action, Received, action
from shared.access.caller import Caller
from shared.access.revocation import end_all_sessions, end_session
from shared.clock import stop_at
from shared.dynamodb.tables import transaction
from shared.errors import UnknownAction
from shared.realtime.sockets import Connection
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.chat.conftest import Frames, a_socket, socket_event
from tests.unit.conftest import NOON, Log


def send(handler: Action, caller: Caller | None, body: Any) -> None:
    event = socket_event("x", caller=caller, body=body)
    # A body would be sent to the client by the gateway.
    assert handler(event, LambdaContext()) == {"statusCode": 200}


def test_a_frame_is_answered_to_its_socket_with_its_request_id(
    caller: Caller, frames: Frames
) -> None:
    send(ws_ping.app, caller, {"action": "ping", "request_id": "mine"})
    send(ws_ping.app, caller, {"action": "ping"})
    named, unnamed = frames("socket")
    assert named["event"] == unnamed["event"] == "pong"
    assert named["data"] == {"time": "2026-01-05T12:00:00.000Z"}
    assert named["request_id"] == "mine"
    assert "request_id" not in unnamed


def problem(frames: Frames) -> tuple[str, str | None]:
    [frame] = frames("socket")
    assert frame["event"] == "error"
    assert frame["data"]["error"]
    return frame["data"]["code"], frame["data"]["action"]


_NOT_JSON = ["", "{nope", "[]", '"ping"', "null", "[" * 100_000, '{"a":' * 20_000]
_NOT_JSON += [f'{{"action": "ping", "n": {each}}}' for each in ("NaN", "Infinity", "-Infinity")]


@pytest.mark.parametrize("text", _NOT_JSON)
def test_a_frame_that_is_not_a_json_object(caller: Caller, frames: Frames, text: str) -> None:
    send(ws_default.app, caller, text)
    assert problem(frames) == ("invalid_json", None)


@pytest.mark.parametrize("given", ["dance", "", None, 5])
def test_an_action_that_is_not_known(caller: Caller, frames: Frames, given: Any) -> None:
    send(ws_default.app, caller, {"action": given, "request_id": "r"})
    assert problem(frames) == ("unknown_action", given if isinstance(given, str) else None)
    assert frames("socket")[0]["request_id"] == "r"
    assert frames("socket")[0]["data"]["request_id"] == "r"


def test_half_a_surrogate_pair_as_the_action(caller: Caller, frames: Frames) -> None:
    send(ws_default.app, caller, {"action": "\udfff", "request_id": "r"})
    assert problem(frames) == ("unknown_action", None)
    assert frames("socket")[0]["request_id"] == "r"


@pytest.mark.parametrize("given", ["x" * 3000, "\ud800", "0" * 26 + "\x00", 7, {}])
def test_an_id_that_is_not_valid(caller: Caller, frames: Frames, given: Any) -> None:
    send(ws_join_room.app, caller, {"action": "join_room", "conversation_id": given})
    assert problem(frames) == ("invalid_input", "join_room")


@pytest.mark.parametrize("handler", [ws_connect.app, ws_disconnect.app])
def test_a_frame_does_not_open_or_close_a_socket(
    caller: Caller, frames: Frames, handler: Any
) -> None:
    a_socket(caller, "socket")
    name = "$connect" if handler is ws_connect.app else "$disconnect"
    send(handler, caller, {"action": name})
    assert problem(frames) == ("unknown_action", name)
    assert Connection.find("socket")


def test_a_connect_that_breaks_answers_without_a_text(caller: Caller, aws: MemoryAws) -> None:
    aws.fail("dynamodb.TransactWriteItems", "ValidationException")
    event = socket_event("$connect", "CONNECT", caller)
    assert ws_connect.app(event, LambdaContext()) == {"statusCode": 500}


def test_a_frame_larger_than_the_gateways_limit(caller: Caller, frames: Frames) -> None:
    send(ws_ping.app, caller, {"action": "ping", "padding": "ü" * 70_000})
    assert problem(frames)[0] == "payload_too_large"


@pytest.mark.parametrize("name", ["", "x" * 65, "x" * 3000, 5, ["x"], "\ud800", {}])
def test_a_request_id_that_is_not_valid(caller: Caller, frames: Frames, name: Any) -> None:
    send(ws_ping.app, caller, {"action": "ping", "request_id": name})
    assert problem(frames)[0] == "invalid_input"
    assert "request_id" not in frames("socket")[0]


def test_fields_that_break_a_bound_are_named(caller: Caller, frames: Frames) -> None:
    app = action("sync", body=SyncFrame)

    @app.serve
    def sync(frame: Received[SyncFrame]) -> None:
        raise AssertionError("the fields are not good")

    send(app, caller, {"action": "sync", "limit": 0})
    assert problem(frames) == ("invalid_input", "sync")
    assert frames("socket")[0]["data"]["details"][0]["field"] == "limit"


def test_a_frame_without_a_caller_is_refused(frames: Frames) -> None:
    send(ws_ping.app, None, {"action": "ping"})
    assert problem(frames)[0] == "unauthorized"


@pytest.mark.parametrize("by_itself", [True, False])
def test_the_frame_after_a_logout_or_ban_fails_and_closes_the_socket(
    caller: Caller, aws: MemoryAws, frames: Frames, by_itself: bool
) -> None:
    a_socket(caller, "socket")
    with transaction() as write:
        if by_itself:
            end_session(write, caller.user_id, caller.session_id)
        else:
            end_all_sessions(write, caller.user_id)
    send(ws_ping.app, caller, {"action": "ping"})
    assert problem(frames)[0] == "unauthorized"
    assert aws.closed_sockets == ["socket"]
    assert Connection.find("socket") is None


def test_frames_are_limited_per_minute(caller: Caller, frames: Frames, log: Log) -> None:
    for _ in range(121):
        send(ws_ping.app, caller, {"action": "ping"})
    assert [frame["event"] for frame in frames("socket")].count("pong") == 120
    assert frames("socket")[-1]["data"]["code"] == "rate_limited"
    assert log.lines[-1]["refused_by"] == {
        "subject": "user",
        "user_id": caller.user_id,
        "scope": "frames",
        "limit": 120,
        "per_seconds": 60,
    }
    with stop_at(NOON + 60):
        send(ws_ping.app, caller, {"action": "ping"})
    assert frames("socket")[-1]["event"] == "pong"


def test_of_the_frames_over_the_rate_one_in_a_second_is_answered(
    caller: Caller, aws: MemoryAws, frames: Frames, log: Log
) -> None:
    a_socket(caller, "socket")
    for moment in (NOON, NOON, NOON + 1):
        with stop_at(moment):
            for _ in range(100):
                send(ws_ping.app, caller, {"action": "ping"})
    events = [frame["event"] for frame in frames("socket")]
    assert (events.count("pong"), events.count("error")) == (120, 2)
    assert [line["status"] for line in log.lines].count(429) == 180
    assert aws.closed_sockets == []


def test_a_refusal_that_cannot_be_counted_ends_quietly(caller: Caller, aws: MemoryAws) -> None:
    for _ in range(120):
        send(ws_ping.app, caller, {"action": "ping"})
    aws.fail("dynamodb.UpdateItem", "InternalServerError", status=500, first=1)
    send(ws_ping.app, caller, {"action": "ping"})


def test_what_cannot_be_read_counts_too(caller: Caller, frames: Frames) -> None:
    for _ in range(120):
        send(ws_default.app, caller, "{nope")
    send(ws_ping.app, caller, {"action": "ping"})
    codes = [frame["data"].get("code") for frame in frames("socket")]
    assert codes == ["invalid_json"] * 120 + ["rate_limited"]


def looking(seen: list[str], error: Exception | None = None) -> Action:
    """An action that reads beside its admission."""

    def look(frame: Received[SyncFrame]) -> str:
        seen.append("read")
        if error:
            raise error
        return "found"

    app = action("sync", body=SyncFrame, beside=look)

    @app.serve
    def sync(frame: Received[SyncFrame, str]) -> None:
        seen.append(f"{frame.found} {frame.body.limit}")

    return app


def test_the_first_reads_are_made_beside_the_admission(caller: Caller, aws: MemoryAws) -> None:
    seen: list[str] = []
    send(looking(seen), caller, {"action": "sync", "limit": 7})
    assert seen == ["read", "found 7"]
    assert aws.calls == ["dynamodb.UpdateItem"]


@pytest.mark.parametrize("error", [None, UnknownAction()])
def test_a_refusal_comes_before_what_was_read(
    caller: Caller, frames: Frames, error: Exception | None
) -> None:
    seen: list[str] = []
    with transaction() as write:
        end_session(write, caller.user_id, caller.session_id)
    send(looking(seen, error), caller, {"action": "sync"})
    assert problem(frames)[0] == "unauthorized"
    assert seen in ([], ["read"])


def test_an_error_of_the_first_reads_is_answered(caller: Caller, frames: Frames) -> None:
    send(looking([], UnknownAction()), caller, {"action": "sync"})
    assert problem(frames) == ("unknown_action", "sync")


def test_a_bug_is_answered_and_logged_without_its_text(
    caller: Caller, frames: Frames, log: Log
) -> None:
    app = action("break")

    @app.serve
    def break_down(frame: Received) -> None:
        raise RuntimeError("what somebody wrote")

    send(app, caller, {"action": "break"})
    assert problem(frames) == ("internal_error", "break")
    assert "what somebody wrote" not in str(frames("socket")) + log.text
    assert [line["message"] for line in log.lines] == ["failure", "frame"]


def test_a_table_that_does_not_answer(caller: Caller, aws: MemoryAws, frames: Frames) -> None:
    aws.fail("dynamodb.UpdateItem", None)
    send(ws_ping.app, caller, {"action": "ping"})
    assert problem(frames)[0] == "dependency_unavailable"


def test_a_frame_makes_one_line_without_its_content(caller: Caller, log: Log) -> None:
    send(ws_default.app, caller, {"action": "dance", "content": "what somebody wrote"})
    [line] = log.lines
    assert (line["action"], line["status"], line["code"]) == ("$default", 400, "unknown_action")
    assert line["user_id"] == caller.user_id
    assert "what somebody wrote" not in log.text
