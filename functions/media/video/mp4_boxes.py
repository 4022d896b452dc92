"""The boxes that an MP4 file is made of (ISO 14496-12): read, changed, and written again."""

import sys
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from mmap import mmap
from struct import pack, unpack_from

_WITH_BOXES = {b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl"}


@dataclass(slots=True)
class Box:
    """A box with either data or boxes in it."""

    name: bytes
    data: bytes = b""
    inside: list["Box"] = field(default_factory=list)

    def find(self, path: str) -> "Box | None":
        """The first box at `path` below this one (`mdia/minf/stbl`)."""
        name, _, rest = path.partition("/")
        for box in self.inside:
            if box.name == name.encode():
                return box.find(rest) if rest else box
        return None

    def get(self, path: str) -> "Box":
        """As `find`, of a box that must be there."""
        box = self.find(path)
        if box is None:
            raise LookupError(f"there is no {path} in {self.name.decode()}")
        return box

    def encode(self) -> bytes:
        data = self.data or b"".join(box.encode() for box in self.inside)
        return pack(">I4s", 8 + len(data), self.name) + data


def full_box(name: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> Box:
    """A box that says its version and flags before its data."""
    return Box(name, pack(">I", version << 24 | flags) + b"".join(parts))


def parse(data: bytes) -> list[Box]:
    """The boxes that `data` consists of."""
    boxes, at = [], 0
    while at < len(data):
        size, name = unpack_from(">I4s", data, at)
        inside = data[at + 8 : at + size]
        boxes.append(
            Box(name, inside=parse(inside)) if name in _WITH_BOXES else Box(name, bytes(inside))
        )
        at += size
    return boxes


def spans(data: mmap) -> dict[bytes, tuple[int, int]]:
    """Where the boxes of a file begin and end, by name: of two of one name, the last."""
    found, at = {}, 0
    while at < len(data):
        size, name = unpack_from(">I4s", data, at)
        if size == 1:  # too large for 32 bits: written behind the name
            (size,) = unpack_from(">Q", data, at + 8)
        found[name] = (at, at + size)
        at += size
    return found


def numbers(data: bytes, code: str = "I") -> "array[int]":
    """A table of numbers (`I` 32 bits, `i` with sign, `Q` 64 bits)."""
    table = array(code, data)
    if sys.byteorder == "little":
        table.byteswap()
    return table


def packed(table: Iterable[int], code: str = "I") -> bytes:
    """What `numbers` reads."""
    made = array(code, table)
    if sys.byteorder == "little":
        made.byteswap()
    return made.tobytes()
