"""Frames: what a client receives over its socket, and its text in the protocol of the socket."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.encoding import to_json
from shared.realtime.packets import SOCKET_IO, event_packet


@dataclass(frozen=True, slots=True)
class Frame:
    """What a client receives: `{"event", "data", "id"?, "cursor"?, "request_id"?}`.

    `id` stands for the fact: the same fact has the same one, so a client can drop what it has
    received before; a frame without one may be lost. `cursor` is where a frame that is replayed
    stands in the log.
    """

    event: str
    data: dict[str, Any]
    id: str | None = None
    cursor: str | None = None


_MAX_SIZE = 100_000  # bytes of items; a frame of more than 128 KB would not be delivered


def fitting[Item: Mapping[str, Any]](
    items: Sequence[Item], most: int = _MAX_SIZE
) -> Sequence[Item]:
    """The first of these items, as many as one frame can hold, or `most` bytes. At least one,
    or a list would not go on."""
    size = 0
    for count, item in enumerate(items):
        size += len(to_json(item).encode())
        if size > most:
            return items[: max(count, 1)]
    return items


# By the protocol of a socket (`Connection.protocol`; None is plain JSON): the text of the fields.
_ENCODERS: dict[str | None, Callable[[dict[str, Any]], str]] = {
    None: to_json,
    SOCKET_IO: event_packet,
}


def encoded(frame: Frame, protocol: str | None, request_id: str | None = None) -> str:
    """The text that goes over a socket of this protocol; `request_id` is the client's own id of the
    frame that this one answers."""
    more = {"id": frame.id, "cursor": frame.cursor, "request_id": request_id}
    given = {name: value for name, value in more.items() if value}
    return _ENCODERS[protocol]({"event": frame.event, "data": frame.data, **given})
