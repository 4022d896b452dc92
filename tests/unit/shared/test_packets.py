"""The codec of Socket.IO's packets, held against python-socketio's."""

import contextlib
import json
import random
from typing import Any

import pytest
from socketio.packet import Packet as Theirs

from shared.errors import InvalidJson
from shared.realtime.packets import (
    ACK,
    CLOSE,
    CONNECT,
    CONNECT_ERROR,
    DISCONNECT,
    EVENT,
    NOOP,
    PING,
    PONG,
    UPGRADE,
    Packet,
    ack_packet,
    connect_error_packet,
    connect_packet,
    event_packet,
    open_packet,
    read_packet,
)

# Letters of packets, and what JSON, namespaces and numbers are made of.
_LETTERS = '0123456789-/,?[]{}":abé\\ \ud800٣²\n'


def theirs(text: str) -> Theirs:
    """What python-socketio reads in an Engine.IO message."""
    return Theirs(encoded_packet=text.removeprefix("4"))


def values(chance: random.Random, depth: int = 2) -> Any:
    plain = [None, True, 0, -7, 1.5, "", "ping", "é🙂", "4,2", '"', "[", "/"]
    kind = chance.randrange(4) if depth else 3
    if kind == 0:
        return [values(chance, depth - 1) for _ in range(chance.randrange(4))]
    if kind == 1:
        return {f"k{each}": values(chance, depth - 1) for each in range(chance.randrange(4))}
    return chance.choice(plain)


def test_what_another_library_writes_is_read() -> None:
    chance = random.Random(11)
    for _ in range(3000):
        kind = chance.choice([0, 1, 2, 3])
        namespace = chance.choice(["/", "/admin", "/a/b-1", "/2"])
        number = chance.choice([None, 0, 7, 10**15 - 1]) if kind in (2, 3) else None
        data: Any = {
            0: chance.choice([None, {"token": values(chance, 0)}]),
            1: None,
            2: ["event", *[values(chance) for _ in range(chance.randrange(3))]],
            3: [values(chance)],
        }[kind]
        text = "4" + Theirs(kind, data=data, namespace=namespace, id=number).encode()
        assert read_packet(text) == Packet(f"4{kind}", namespace, number, data), text


def test_what_is_written_is_read_by_another_library() -> None:
    chance = random.Random(12)
    for _ in range(1000):
        data = {"text": values(chance)}
        event = theirs(event_packet({"event": "new_message", "data": data}))
        assert (event.packet_type, event.id, event.data) == (2, None, ["new_message", data])
        number = chance.randrange(10**6)
        ack = theirs(ack_packet(number, data))
        assert (ack.packet_type, ack.id, ack.data) == (3, number, [data])
        refused = theirs(connect_error_packet("/admin", {"message": "No", "data": data}))
        assert (refused.packet_type, refused.namespace) == (4, "/admin")
        assert refused.data == {"message": "No", "data": data}
    accepted = theirs(connect_packet())
    assert (accepted.packet_type, accepted.namespace) == (0, None)
    assert set(accepted.data) == {"sid"}


def test_what_else_a_frame_has_is_a_second_argument() -> None:
    fields = {"event": "new_message", "data": {"a": 1}, "id": "i", "cursor": "c"}
    assert event_packet(fields) == '42["new_message",{"a":1},{"id":"i","cursor":"c"}]'


def test_garbage_is_refused_or_read_as_the_other_library_reads_it() -> None:
    chance = random.Random(13)
    read = 0
    for _ in range(40_000):
        beginning = chance.choice(["40", "41", "42", "43", "44", '42["a"', '427["a",', "4", ""])
        ending = "".join(chance.choice(_LETTERS) for _ in range(chance.randrange(12)))
        text = beginning + ending + chance.choice(["", "]", '"]', "}"])
        with contextlib.suppress(InvalidJson):
            packet = read_packet(text)
            if packet.kind in (CLOSE, PING, PONG, UPGRADE, NOOP):
                continue
            other = theirs(text)
            assert packet.kind == f"4{other.packet_type}", text
            assert packet.namespace == (other.namespace or "/"), text
            assert (packet.ack_id, packet.data) == (other.id, other.data), text
            read += 1
    assert read > 500


@pytest.mark.parametrize(
    "text",
    [
        *("", "4", "7", "b", "bAAAA", "0", '0{"sid":"x"}', "ping", "{}", '{"action":"ping"}'),
        *("45", "46", '451-["a",{"_placeholder":true,"num":0}]', '461-7[{"_placeholder":true}]'),
        *("47", "48", "4x", "44", '44{"message":"no"}', "40[]", "40null", '40"token"'),
        *("42", "42{}", "42[]", "42null", "42[5]", '42[["a"]]', '42["a"', '42["a"]]', '42 ["a"]x'),
        *("43", "43{}", "437", '41{"a":1}', '42["a",NaN]', '42["a",Infinity]', '42["a",-Infinity]'),
        *('42["a",' + "[" * 100_000, '42["a",' + '{"a":' * 20_000),
        *(f'42{"9" * 16}["a"]', f'42{"9" * 3000}["a"]', '42²["a"]', '42٣["a"]'),
        *("40/" + "x" * 64, f"40/{'x' * 64}?a=1,", f"40/{'x' * 100_000},"),
        *('42-1["a"]', '421-["a"]', "42/admin", "\ud800", "4\ud800", "42\n"),
    ],
)
def test_a_packet_that_is_not_valid(text: str) -> None:
    with pytest.raises(InvalidJson):
        read_packet(text)


@pytest.mark.parametrize(
    ("text", "packet"),
    [
        ("1", Packet(CLOSE, data="")),
        ("2", Packet(PING, data="")),
        ("2probe", Packet(PING, data="probe")),
        ("3", Packet(PONG, data="")),
        ("40", Packet(CONNECT)),
        ("40{}", Packet(CONNECT, data={})),
        ('40/,{"token":"t"}', Packet(CONNECT, data={"token": "t"})),
        ('40/admin?x=1,{"token":"t"}', Packet(CONNECT, "/admin", data={"token": "t"})),
        ("40/admin", Packet(CONNECT, "/admin")),
        ("40/admin,", Packet(CONNECT, "/admin")),
        ("40/" + "x" * 63, Packet(CONNECT, "/" + "x" * 63)),
        (f"40/?token={'x' * 1000},", Packet(CONNECT)),
        ("41", Packet(DISCONNECT)),
        ("41/admin,", Packet(DISCONNECT, "/admin")),
        ('42["a"]', Packet(EVENT, data=["a"])),
        ('420["a",null]', Packet(EVENT, ack_id=0, data=["a", None])),
        ('42/admin,12["a"]', Packet(EVENT, "/admin", 12, ["a"])),
        ('42["a",\n{"b": "\\ud800"}]', Packet(EVENT, data=["a", {"b": "\ud800"}])),
        ("437[1]", Packet(ACK, ack_id=7, data=[1])),
    ],
)
def test_a_packet_that_is_valid(text: str, packet: Packet) -> None:
    assert read_packet(text) == packet


def test_the_open_packet_promises_no_ping_while_the_gateway_keeps_the_socket() -> None:
    opened = json.loads(open_packet().removeprefix("0"))
    sid, other = opened.pop("sid"), json.loads(open_packet().removeprefix("0"))["sid"]
    assert sid != other
    assert opened.pop("upgrades") == []
    wait = opened.pop("pingInterval") + opened.pop("pingTimeout")
    assert 2 * 3600 * 1000 < wait < 2**31, "a timer of JavaScript holds 31 bits"
    assert opened == {"maxPayload": 131_072}


def test_names_of_kinds_differ() -> None:
    kinds = [CLOSE, PING, PONG, UPGRADE, NOOP, CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR]
    assert len(set(kinds)) == len(kinds)
