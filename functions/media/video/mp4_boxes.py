"""The boxes of an MP4 file (ISO 14496-12): parsing, changing and encoding them."""

import sys
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from mmap import mmap
from struct import pack, unpack_from

_CONTAINERS = {b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl"}


@dataclass(slots=True)
class Box:
    """A box that contains either data or other boxes."""

    name: bytes
    data: bytes = b""
    children: list["Box"] = field(default_factory=list)

    def find(self, path: str) -> "Box | None":
        """The first box at `path` below this one (such as `mdia/minf/stbl`)."""
        name, _, rest = path.partition("/")
        for box in self.children:
            if box.name == name.encode():
                return box.find(rest) if rest else box
        return None

    def get(self, path: str) -> "Box":
        """Like `find`, but raises `LookupError` if there is none."""
        box = self.find(path)
        if box is None:
            raise LookupError(f"there is no {path} in {self.name.decode()}")
        return box

    def encode(self) -> bytes:
        data = self.data or b"".join(box.encode() for box in self.children)
        return pack(">I4s", 8 + len(data), self.name) + data


def full_box(name: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> Box:
    """A box whose data begin with a version and flags."""
    return Box(name, pack(">I", version << 24 | flags) + b"".join(parts))


def parse(data: bytes) -> list[Box]:
    """The boxes in `data`, one after the other."""
    boxes, at = [], 0
    while at < len(data):
        size, name = unpack_from(">I4s", data, at)
        content = data[at + 8 : at + size]
        boxes.append(
            Box(name, children=parse(content)) if name in _CONTAINERS else Box(name, bytes(content))
        )
        at += size
    return boxes


def spans(data: mmap) -> dict[bytes, tuple[int, int]]:
    """Begin and end of each top-level box of a file, by name; the last one of each name."""
    found, at = {}, 0
    while at < len(data):
        size, name = unpack_from(">I4s", data, at)
        if size == 1:  # too large for 32 bits: it follows the name
            (size,) = unpack_from(">Q", data, at + 8)
        found[name] = (at, at + size)
        at += size
    return found


def unpack_table(data: bytes, code: str = "I") -> "array[int]":
    """A table of numbers (`I` 32 bits, `i` with sign, `Q` 64 bits)."""
    table = array(code, data)
    if sys.byteorder == "little":
        table.byteswap()
    return table


def pack_table(table: Iterable[int], code: str = "I") -> bytes:
    """The inverse of `unpack_table`."""
    encoded = array(code, table)
    if sys.byteorder == "little":
        encoded.byteswap()
    return encoded.tobytes()
