"""Colours and size that a HEIC or AVIF declares for its picture (ISO 23008-12)."""

import struct
from collections.abc import Iterator

_MAX_BOXES = 10_000  # of one container; a picture of 400 tiles has 820


def code_points(data: bytes) -> tuple[int, int] | None:
    """Primaries and transfer (ITU-T H.273) of the picture that is shown; None if not declared."""
    shown, others = _properties(data)
    # A picture of tiles may leave the colours to these.
    for name, body in [*shown, *others]:
        if name == b"colr" and body[:4] == b"nclx" and len(body) >= 8:
            primaries, transfer = struct.unpack_from(">HH", body, 4)
            return primaries, transfer
    return None


def pixels(data: bytes) -> int:
    """The number of pixels that the container declares for the picture; 0 if it does not."""
    shown, _ = _properties(data)
    sizes = (body for name, body in shown if name == b"ispe" and len(body) >= 12)
    return max(
        (int.from_bytes(body[4:8]) * int.from_bytes(body[8:12]) for body in sizes), default=0
    )


def _properties(data: bytes) -> tuple[list[tuple[bytes, bytes]], list[tuple[bytes, bytes]]]:
    """The properties of the picture that is shown, and all properties in the file."""
    meta = next((body[4:] for name, body in _boxes(data) if name == b"meta"), b"")
    boxes = dict(_boxes(meta))
    properties = dict(_boxes(boxes.get(b"iprp", b"")))
    found = list(_boxes(properties.get(b"ipco", b"")))
    numbers = _properties_of(_primary(boxes.get(b"pitm", b"")), properties.get(b"ipma", b""))
    return [found[number - 1] for number in numbers if 0 < number <= len(found)], found


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _ in range(_MAX_BOXES):
        if at + 8 > len(data):
            return
        size, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1 and at + 16 <= len(data):
            (size,), head = struct.unpack_from(">Q", data, at + 8), 16
        size = size or len(data) - at
        if size < head:
            return
        yield name, data[at + head : at + size]
        at += size


def _primary(pitm: bytes) -> int:
    return int.from_bytes(pitm[4:8] if pitm[:1] == b"\1" else pitm[4:6])


def _properties_of(item: int, ipma: bytes) -> list[int]:
    """The numbers of an item's properties, from 1."""
    if len(ipma) < 8:
        return []
    id_size, width = (2 if ipma[0] == 0 else 4), (2 if ipma[3] & 1 else 1)
    at = 8
    for _ in range(min(int.from_bytes(ipma[4:8]), _MAX_BOXES)):
        name, count = int.from_bytes(ipma[at : at + id_size]), ipma[at + id_size : at + id_size + 1]
        at += id_size + 1
        end = at + width * int.from_bytes(count)
        if name == item:
            mask = (1 << (8 * width - 1)) - 1  # the first bit says whether it is essential
            return [int.from_bytes(ipma[i : i + width]) & mask for i in range(at, end, width)]
        at = end
    return []
