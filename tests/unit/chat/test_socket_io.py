"""Sessions of Socket.IO: packets in, the actions and frames of plain JSON behind them."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from auth import ws_authorizer
from chat import ws_connect, ws_default, ws_disconnect, ws_ping
from chat.socket_io import ACTIONS
from infra.templates import resources
from shared.access.caller import Caller
from shared.access.rate_limits import admit, public_budget
from shared.access.revocation import end_session
from shared.access.tokens import make_token
from shared.clock import now, stop_at
from shared.dynamodb.tables import transaction
from shared.realtime.sockets import Connection
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.chat.conftest import a_room, a_socket, a_user, befriend
from tests.unit.conftest import NOON, Log

ADDRESS = "203.0.113.7"
QUEUE = "socket-handshakes"

type Packets = Callable[[], list[str]]


@pytest.fixture(autouse=True)
def authorizer(aws: MemoryAws) -> None:
    """Auth's authorizer, which verifies the tokens of packets."""
    aws.functions["ws-authorizer"] = ws_authorizer.app


@pytest.fixture
def caller(aws: MemoryAws) -> Caller:
    return a_user()


@pytest.fixture
def packets(aws: MemoryAws) -> Packets:
    """The packets that the socket has received since it was last asked."""
    seen = 0

    def new() -> list[str]:
        nonlocal seen
        received = aws.pushed.get("socket", [])[seen:]
        seen += len(received)
        return received

    return new


def event_of(kind: str, caller: Caller | None, body: str = "") -> dict[str, Any]:
    """A gateway event of a socket that opened with `EIO=4`, as the authorizer saw it."""
    handshake = load_event("auth", "ws_authorizer")
    handshake["queryStringParameters"] = {"EIO": "4", "transport": "websocket"}
    if caller:
        handshake["queryStringParameters"]["token"] = make_token(caller)
    allowed = ws_authorizer.app(handshake, None)
    context = {"principalId": allowed["principalId"], **allowed["context"]}
    return {
        "requestContext": {
            "routeKey": "$default",
            "eventType": kind,
            "connectionId": "socket",
            "requestId": "gateway-request",
            "identity": {"sourceIp": ADDRESS},
            "stage": "live",
            "authorizer": context,
        },
        "isBase64Encoded": False,
        "body": body,
    }


def open_socket(caller: Caller | None = None) -> int:
    """Connect with the token of `caller` in the query, or without one."""
    return int(ws_connect.app(event_of("CONNECT", caller), LambdaContext())["statusCode"])


def send(text: str, caller: Caller | None = None) -> None:
    """Send a packet over a socket that connected with the token of `caller`, or without one."""
    event = event_of("MESSAGE", caller, text)
    assert ws_default.app(event, LambdaContext()) == {"statusCode": 200}


def prove(caller: Caller, prefix: str = "") -> None:
    send("40" + json.dumps({"token": prefix + make_token(caller)}))


def calls_left() -> int:
    return admit(public_budget(ADDRESS)).remaining + 1


def events(received: list[str]) -> list[list[Any]]:
    """The arguments of events."""
    return [json.loads(text.removeprefix("42")) for text in received if text.startswith("42")]


def test_a_socket_with_a_token_is_stored_and_greeted(caller: Caller, aws: MemoryAws) -> None:
    assert open_socket(caller) == 200
    socket = Connection.find("socket")
    assert socket
    assert (socket.user_id, socket.protocol) == (caller.user_id, "socket.io")
    assert aws.sent[QUEUE] == ['{"connection_id":"socket","step":"greet"}']
    assert aws.delays[QUEUE] == [0]


def test_a_socket_without_a_token_counts_on_its_address_and_is_checked(aws: MemoryAws) -> None:
    before = calls_left()
    assert open_socket() == 200
    assert calls_left() == before - 2  # the socket, and this look
    assert Connection.find("socket") is None
    jobs = dict(zip(aws.sent[QUEUE], aws.delays[QUEUE], strict=True))
    assert jobs == {
        '{"connection_id":"socket","step":"greet"}': 0,
        '{"connection_id":"socket","step":"check"}': 20,
    }


def test_sockets_without_a_token_cannot_be_hoarded(aws: MemoryAws) -> None:
    room = calls_left() - 1
    assert [open_socket() for _ in range(room + 1)] == [200] * room + [429]
    assert len(aws.sent[QUEUE]) == 2 * room


def test_a_socket_that_cannot_be_greeted_is_not_kept(caller: Caller, aws: MemoryAws) -> None:
    aws.fail("sqs.SendMessageBatch", "InternalError", status=500)
    assert open_socket(caller) == 500
    assert Connection.find("socket") is None


def test_a_plain_socket_without_a_token_is_refused_as_before() -> None:
    handshake = load_event("auth", "ws_authorizer")
    for query in (None, {"EIO": "3"}, {"EIO": "44"}, {"eio": "4"}, {"transport": "websocket"}):
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            ws_authorizer.app({**handshake, "queryStringParameters": query}, None)


def test_a_wrong_token_at_the_handshake_is_refused() -> None:
    handshake = load_event("auth", "ws_authorizer")
    query = {"EIO": "4", "token": "x.y.z"}
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        ws_authorizer.app({**handshake, "queryStringParameters": query}, None)


def test_a_plain_socket_has_no_protocol(caller: Caller) -> None:
    handshake = load_event("auth", "ws_authorizer")
    handshake["queryStringParameters"] = {"token": make_token(caller)}
    assert "protocol" not in ws_authorizer.app(handshake, None)["context"]


@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_a_token_in_the_first_packet_proves_who_it_is(
    caller: Caller, aws: MemoryAws, packets: Packets, prefix: str
) -> None:
    before = calls_left()
    open_socket()
    prove(caller, prefix)
    [answer] = packets()
    assert re.fullmatch(r'40\{"sid":"[0-9A-Z]{26}"\}', answer)
    socket = Connection.find("socket")
    assert socket
    assert (socket.user_id, socket.username) == (caller.user_id, caller.username)
    assert (socket.session_id, socket.protocol) == (caller.session_id, "socket.io")
    assert calls_left() == before - 1, "it counts on its user, not on its address"


def test_what_is_not_a_token_is_answered_and_may_be_tried_again(
    caller: Caller, aws: MemoryAws, packets: Packets
) -> None:
    open_socket()
    before = calls_left()
    wrong: list[Any] = ["x.y.z", "", None, 5, {}, ["t"], "é", "\ud800", "x" * 5000, "Bearer "]
    for token in wrong:
        send("40" + json.dumps({"token": token}))
    for text in ("40", "40{}"):
        send(text)
    refused = packets()
    assert len(refused) == len(wrong) + 2
    for text in refused:
        error = json.loads(text.removeprefix("44"))
        assert error["message"] == error["data"]["error"]
        assert error["data"]["code"] == "unauthorized"
    assert aws.closed_sockets == []
    assert calls_left() == before - len(wrong) - 3, "each try counts"
    prove(caller)
    assert packets()[0].startswith("40")


def test_tries_beyond_the_budget_of_the_address_close_the_socket(
    aws: MemoryAws, packets: Packets
) -> None:
    open_socket()
    for _ in range(calls_left() - 1):
        admit(public_budget(ADDRESS))
    send('40{"token":"x.y.z"}')
    assert json.loads(packets()[0].removeprefix("44"))["data"]["code"] == "rate_limited"
    assert aws.closed_sockets == ["socket"]
    assert "lambda.Invoke" not in aws.calls


def test_an_ended_session_or_an_unverified_account_proves_nothing(
    caller: Caller, aws: MemoryAws, packets: Packets
) -> None:
    open_socket()
    prove(replace(caller, scope="unverified"))
    assert json.loads(packets()[0].removeprefix("44"))["data"]["code"] == "email_not_verified"
    with transaction() as write:
        end_session(write, caller.user_id, caller.session_id)
    prove(caller)
    assert json.loads(packets()[0].removeprefix("44"))["data"]["code"] == "unauthorized"
    assert Connection.find("socket") is None


def test_an_authorizer_that_breaks_is_not_a_wrong_token(
    caller: Caller, aws: MemoryAws, packets: Packets
) -> None:
    open_socket()

    def broken(event: Any, context: Any) -> None:
        raise RuntimeError("a secret")

    aws.functions["ws-authorizer"] = broken
    prove(caller)
    [answer] = packets()
    assert json.loads(answer.removeprefix("44"))["data"]["code"] == "dependency_unavailable"
    assert "a secret" not in answer


def test_who_has_connected_stays_who_they_are(caller: Caller, packets: Packets) -> None:
    other = a_user()
    open_socket()
    prove(caller)
    prove(other)
    assert [text[:2] for text in packets()] == ["40", "40"]
    socket = Connection.find("socket")
    assert socket
    assert socket.user_id == caller.user_id


def test_of_two_first_packets_the_slower_one_proves_nothing(
    caller: Caller, aws: MemoryAws, packets: Packets
) -> None:
    open_socket()
    other = a_user()

    def slow(event: Any, context: Any) -> Any:
        a_socket(other, "socket")
        return ws_authorizer.app(event, context)

    aws.functions["ws-authorizer"] = slow
    prove(caller)
    assert json.loads(packets()[0].removeprefix("44"))["data"]["code"] == "unauthorized"


def test_a_socket_that_was_closed_before_it_was_stored_is_forgotten(
    caller: Caller, aws: MemoryAws
) -> None:
    aws.gone_sockets.add("socket")
    prove(caller)
    assert Connection.find("socket") is None


def test_too_many_sockets_close_the_oldest_when_one_proves_its_user(
    caller: Caller, aws: MemoryAws
) -> None:
    for number in range(10):
        with stop_at(NOON - 100 + number):
            a_socket(caller, f"socket-{number}")
    open_socket()
    assert aws.closed_sockets == []
    prove(caller)
    assert aws.closed_sockets == ["socket-0"]


@pytest.mark.parametrize(
    "text",
    [
        '42["ping",{}]',
        '421["ping"]',
        "43[]",
        "5",
        "6",
        "3",
        "2",
        "{}",
        '{"action":"ping"}',
        "b",
        "45",
    ],
)
def test_a_socket_without_a_user_can_do_nothing(
    aws: MemoryAws, packets: Packets, text: str
) -> None:
    open_socket()
    send(text)
    [answer] = packets()
    assert '"code":"unauthorized"' in answer
    assert aws.closed_sockets == ["socket"]
    assert "pong" not in answer


def test_a_socket_without_a_user_that_is_gone_is_nothing_to_forget(
    aws: MemoryAws, log: Log
) -> None:
    aws.gone_sockets.add("socket")
    send('42["ping",{}]')
    assert [line["message"] for line in log.lines if line["level"] == "ERROR"] == []


def test_a_socket_is_closed_even_if_the_refusal_does_not_arrive(aws: MemoryAws) -> None:
    aws.fail("apigatewaymanagementapi.PostToConnection", None)
    send('42["ping",{}]')
    assert aws.closed_sockets == ["socket"]


def test_a_plain_frame_on_a_socket_without_a_user_closes_it(aws: MemoryAws) -> None:
    ws_ping.app(event_of("MESSAGE", None, '{"action":"ping"}'), LambdaContext())
    assert aws.closed_sockets == ["socket"]


def test_a_plain_frame_on_a_socket_of_socket_io_is_not_a_packet(
    caller: Caller, packets: Packets
) -> None:
    open_socket(caller)
    ws_ping.app(event_of("MESSAGE", caller, '{"action":"ping"}'), LambdaContext())
    [[name, data]] = events(packets())
    assert (name, data["code"]) == ("error", "invalid_json")


def test_another_namespace_does_not_exist(caller: Caller, aws: MemoryAws, packets: Packets) -> None:
    open_socket()
    send('40/admin,{"token":"t"}')
    [refused] = packets()
    assert refused.startswith('44/admin,{"message":"Invalid namespace"')
    prove(caller)
    packets()
    send("40/admin,{}")
    send('42/admin,["ping",{}]')
    refused, error = packets()
    assert refused.startswith('44/admin,{"message":"Invalid namespace"')
    assert events([error])[0][1]["code"] == "unknown_action"
    send("41/admin,")
    assert aws.closed_sockets == []


@pytest.fixture(params=["token in the handshake", "token in the first packet"])
def opened(
    request: pytest.FixtureRequest, caller: Caller, packets: Packets
) -> Callable[[str], list[str]]:
    """Send a packet over a socket of the caller; the result is what it receives."""
    by_handshake = caller if "handshake" in request.param else None
    open_socket(by_handshake)
    if by_handshake is None:
        prove(caller)
    packets()

    def exchange(text: str) -> list[str]:
        send(text, by_handshake)
        return packets()

    return exchange


type Exchange = Callable[[str], list[str]]


def test_an_event_is_the_action_of_its_name(opened: Exchange) -> None:
    [[name, data]] = events(opened('42["ping"]'))
    assert (name, data) == ("pong", {"time": "2026-01-05T12:00:00.000Z"})
    [[_, _, more]] = events(opened('42["ping",{"request_id":"mine"},7]'))
    assert more == {"request_id": "mine"}


def test_an_acknowledgement_has_the_data_of_the_first_answer(opened: Exchange) -> None:
    event, ack = opened('4217["ping",{}]')
    [[_, data]] = events([event])
    assert ack == f"4317{json.dumps([data], separators=(',', ':'))}"


def test_of_several_answers_the_first_one_acknowledges(
    opened: Exchange, caller: Caller, aws: MemoryAws
) -> None:
    other = a_user()
    befriend(caller, other)
    room = a_room(caller, other).conversation_id
    received = opened(f'421["join_room",{{"roomId":"{room}"}}]')
    assert [each[0] for each in events(received)] == ["message_history", "room_users"]
    [ack] = [json.loads(text.removeprefix("431")) for text in received if text[:2] == "43"]
    assert ack == [events(received)[0][1]]


def test_a_packet_of_a_socket_with_a_token_is_one_write(caller: Caller, aws: MemoryAws) -> None:
    event = event_of("MESSAGE", caller, '42["ping",{}]')
    aws.calls.clear()
    ws_default.app(event, LambdaContext())
    assert aws.calls == ["dynamodb.UpdateItem", "apigatewaymanagementapi.PostToConnection"]


def test_a_token_that_cannot_be_ours_is_not_sent_to_the_authorizer(aws: MemoryAws) -> None:
    for token in ("x" * 4097, "é", "", 5):
        send("40" + json.dumps({"token": token}))
    assert "lambda.Invoke" not in aws.calls


def test_an_acknowledgement_without_an_answer_is_empty(opened: Exchange, caller: Caller) -> None:
    other = a_user()
    befriend(caller, other)
    room = a_room(caller, other)
    typing = json.dumps(["typing", {"roomId": room.conversation_id, "isTyping": True}])
    assert opened(f"420{typing}") == ["430[{}]"]


def test_a_failure_is_acknowledged_or_an_error(opened: Exchange, aws: MemoryAws) -> None:
    received = opened('42["join_room",{"roomId":"room-123","request_id":"r"}]')
    [[name, data, more]] = events(received)
    assert (name, data["code"], data["action"]) == ("error", "invalid_input", "join_room")
    assert (data["request_id"], more) == ("r", {"request_id": "r"})
    [ack] = opened('427["join_room",{"roomId":"room-123"}]')
    assert json.loads(ack.removeprefix("437"))[0]["code"] == "invalid_input"
    assert aws.closed_sockets == []


@pytest.mark.parametrize(
    ("text", "code", "action"),
    [
        ('["dance",{}]', "unknown_action", "dance"),
        ('["$disconnect",{}]', "unknown_action", "$disconnect"),
        ('["$connect",{}]', "unknown_action", "$connect"),
        ('["$default",{}]', "unknown_action", "$default"),
        ('["connect",{}]', "unknown_action", "connect"),
        ('["default",{}]', "unknown_action", "default"),
        ('["../ws_ping",{}]', "unknown_action", "../ws_ping"),
        ('["",{}]', "unknown_action", ""),
        ('["\\ud800",{}]', "unknown_action", None),
        ('["join_room"]', "invalid_input", "join_room"),
        ('["join_room","room-123"]', "invalid_input", "join_room"),
        ('["join_room",["a"]]', "invalid_input", "join_room"),
        ('["join_room",null]', "invalid_input", "join_room"),
        ('["join_room",{"roomId":"\\ud800"}]', "invalid_input", "join_room"),
        (f'["join_room",{{"roomId":"{"x" * 3000}"}}]', "invalid_input", "join_room"),
        ('["ping",{"request_id":"\\ud800"}]', "invalid_input", "ping"),
        (f'["ping",{{"request_id":"{"x" * 3000}"}}]', "invalid_input", "ping"),
        ('["ping",{"n":NaN}]', "invalid_json", None),
        ('["ping"', "invalid_json", None),
        ("[]", "invalid_json", None),
        (f'["ping",{{"n":"{"ü" * 70_000}"}}]', "payload_too_large", None),
    ],
)
def test_an_event_that_is_not_valid(
    opened: Exchange, aws: MemoryAws, text: str, code: str, action: str | None
) -> None:
    [[name, data, *_]] = events(opened("42" + text))
    assert (name, data["code"], data["action"]) == ("error", code, action)
    assert aws.closed_sockets == []
    assert Connection.find("socket")


@pytest.mark.parametrize(
    "text", ["", "7", "b", "bAAAA", "4", "45", '451-["a"]', "44{}", "0{}", "é"]
)
def test_a_packet_that_is_not_valid(opened: Exchange, aws: MemoryAws, text: str) -> None:
    [[name, data]] = events(opened(text))
    assert (name, data["code"]) == ("error", "invalid_json")
    assert aws.closed_sockets == []


def test_packets_of_the_transport(opened: Exchange, aws: MemoryAws) -> None:
    assert opened("2") == ["3"]
    assert opened("2probe") == ["3probe"]
    for text in ("3", "5", "6", "43[]", "430[1]", "41/admin,"):
        assert opened(text) == []
    assert aws.closed_sockets == []


@pytest.mark.parametrize("text", ["1", "41"])
def test_a_packet_that_ends_the_session_closes_the_socket(
    opened: Exchange, aws: MemoryAws, text: str
) -> None:
    assert opened(text) == []
    assert aws.closed_sockets == ["socket"]
    assert Connection.find("socket") is None


def test_a_second_connect_is_accepted_too(opened: Exchange) -> None:
    [answer] = opened('40{"token":"whatever"}')
    assert answer.startswith('40{"sid":')


def test_every_packet_passes_the_gate(opened: Exchange, caller: Caller, aws: MemoryAws) -> None:
    with transaction() as write:
        end_session(write, caller.user_id, caller.session_id)
    [[name, data]] = events(opened('42["ping",{}]'))
    assert (name, data["code"]) == ("error", "unauthorized")
    assert aws.closed_sockets == ["socket"]


@pytest.mark.parametrize(
    "text", ['42["ping",{}]', "2", "3", "40", "{}", '42["dance"]', '42/a,["b"]']
)
def test_every_packet_counts(opened: Exchange, aws: MemoryAws, text: str, noon: float) -> None:
    with stop_at(now() + 60):
        for _ in range(120):
            opened(text)
        assert opened('42["ping",{}]')[0].find("rate_limited") > 0
        assert opened('42["ping",{}]') == []
        assert opened('421["ping",{}]') == [], "one refusal in a second"
    assert aws.closed_sockets == []


def test_messages_reach_either_protocol_in_its_own(
    caller: Caller, aws: MemoryAws, packets: Packets
) -> None:
    other = a_user()
    befriend(caller, other)
    room = a_room(caller, other).conversation_id
    open_socket(caller)
    a_socket(other, "plain")
    send(json.dumps(["send_message", {"roomId": room, "message": "Hi"}]).join(["42", ""]), caller)
    [[name, data, more]] = events(packets())
    assert (name, data["message"], data["roomId"]) == ("new_message", "Hi", room)
    assert more["id"] == data["id"]
    [plain] = map(json.loads, aws.pushed["plain"])
    assert (plain["event"], plain["data"]["message"]) == ("new_message", "Hi")
    assert "plain" not in aws.closed_sockets


def test_a_closed_socket_is_forgotten(caller: Caller) -> None:
    open_socket()
    prove(caller)
    event = event_of("DISCONNECT", None)
    assert ws_disconnect.app(event, LambdaContext()) == {"statusCode": 200}
    assert Connection.find("socket") is None


def test_a_packet_makes_one_line_without_its_content(caller: Caller, log: Log) -> None:
    open_socket()
    log.lines.clear()
    prove(caller)
    line = log.lines[-1]
    assert (line["action"], line["status"], line["user_id"]) == ("connect", 200, caller.user_id)
    send('42["ping",{"content":"what somebody wrote"}]')
    assert log.lines[-1]["action"] == "ping"
    assert "what somebody wrote" not in log.text
    assert make_token(caller)[:20] not in log.text


def test_the_actions_are_the_routes_of_the_gateway() -> None:
    routes = {
        each["RouteKey"] for each in resources("template.yaml", "AWS::ApiGatewayV2::Route").values()
    }
    assert {each for each in routes if not each.startswith("$")} == ACTIONS
