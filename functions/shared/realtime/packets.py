"""Packets of Engine.IO 4 and Socket.IO 5, as far as text over a WebSocket goes.

An Engine.IO packet is a digit and its data; of type 4 (message) it holds a Socket.IO packet: a
digit, the namespace unless it is `/`, the id of an acknowledgement, and JSON. Packets with binary
attachments are refused. The tests hold this codec against python-socketio's, which would add 0.2 s
to a cold start.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from shared.encoding import to_json
from shared.errors import InvalidJson
from shared.ids import new_id

SOCKET_IO = "socket.io"  # the protocol of a socket (`Connection.protocol`)

# The beginnings of packets. Of what Engine.IO has, "4" is never alone.
OPEN, CLOSE, PING, PONG, UPGRADE, NOOP = "0", "1", "2", "3", "5", "6"
CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR = "40", "41", "42", "43", "44"
_WITHOUT_DATA = {CLOSE, PING, PONG, UPGRADE, NOOP}

# The gateway closes a socket after two hours, or ten minutes without a frame. A client would close
# it sooner if no ping came, so it is promised none before that: no timer runs on our side.
_GATEWAY_LIFE = 7_200_000  # ms
_PING_TIMEOUT = 600_000  # ms that a client waits on top
_MAX_MESSAGE = 131_072  # bytes: the limit of API Gateway

# As the parser of the JavaScript client reads it, but for long namespaces: they are sent back.
# Ids are whole numbers that JavaScript can hold.
_MESSAGE = r"4([0-4])(?:(/[^,?]{0,63}(?:\?[^,]*)?)(?:,|\Z))?([0-9]{1,15})?(?![0-9])(.*)"


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet that a client sent: `kind` is `CONNECT`, `EVENT`, `PING` …"""

    kind: str
    namespace: str = "/"
    ack_id: int | None = None
    data: Any = None


def read_packet(text: str) -> Packet:
    """The packet in a frame; raises `InvalidJson` if it is none that a client may send."""
    if text[:1] in _WITHOUT_DATA:  # a ping may hold text, which the pong repeats
        return Packet(text[0], data=text[1:])
    found = re.fullmatch(_MESSAGE, text, re.DOTALL)
    if found is None:
        raise _invalid()
    kind, namespace, ack_id, payload = found.groups()
    data = _from_json(payload) if payload else None
    if not _is_valid(f"4{kind}", bool(payload), data):
        raise _invalid()
    return Packet(
        f"4{kind}",
        (namespace or "/").partition("?")[0],
        int(ack_id) if ack_id else None,
        data,
    )


def _is_valid(kind: str, has_data: bool, data: Any) -> bool:
    if kind == CONNECT:
        return isinstance(data, dict) or not has_data
    if kind == DISCONNECT:
        return not has_data
    if kind == EVENT:
        return isinstance(data, list) and bool(data) and isinstance(data[0], str)
    return kind == ACK and isinstance(data, list)  # only servers send CONNECT_ERROR


def _from_json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _invalid() from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")  # but Python would accept NaN and Infinity


def _invalid() -> InvalidJson:
    return InvalidJson("This is not a packet of Socket.IO that is understood here.")


def open_packet() -> str:
    """The packet that begins a session."""
    opened = {
        "sid": new_id(),
        "upgrades": [],
        "pingInterval": _GATEWAY_LIFE,
        "pingTimeout": _PING_TIMEOUT,
        "maxPayload": _MAX_MESSAGE,
    }
    return OPEN + to_json(opened)


def connect_packet() -> str:
    """The packet that accepts a client's CONNECT."""
    return CONNECT + to_json({"sid": new_id()})


def connect_error_packet(namespace: str, error: dict[str, Any]) -> str:
    """The packet that refuses a client's CONNECT: `{"message", "data"}`."""
    return CONNECT_ERROR + _prefix(namespace) + to_json(error)


def event_packet(fields: dict[str, Any]) -> str:
    """A frame `{"event", "data", …}` as an event with the data as its argument; what else the frame
    has, such as its `id` or `cursor`, is a second one."""
    rest = {name: value for name, value in fields.items() if name not in ("event", "data")}
    return EVENT + to_json([fields["event"], fields["data"], *([rest] if rest else [])])


def ack_packet(ack_id: int, data: Any) -> str:
    """The packet that acknowledges the event with this id."""
    return f"{ACK}{ack_id}{to_json([data])}"


def _prefix(namespace: str) -> str:
    return "" if namespace == "/" else f"{namespace},"
