"""Colour profiles without their words.

A profile of a screen names its maker, model and serial number, and often its owner ("Ann's
display"); private tags hold anything. What describes the colours is kept as it is, the two texts
that every profile must have are ours, and the rest goes.
"""

import struct
from typing import Final

LARGEST: Final = 4_000_000  # bytes; those of printers have about 2 MB, those of phones 600 bytes
_HEAD, _ENTRY = 128, 12
_MOST_TAGS = 100
_COLOURS = {
    *(b"wtpt", b"bkpt", b"chad", b"rXYZ", b"gXYZ", b"bXYZ", b"cicp", b"gamt"),
    *(b"rTRC", b"gTRC", b"bTRC", b"kTRC"),
    *(kind + number for kind in (b"A2B", b"B2A", b"D2B", b"B2D") for number in (b"0", b"1", b"2")),
}
_WORDS = b"Colours"


def plain(profile: bytes) -> bytes | None:
    """The profile with the same colours and nothing else; None if it is none."""
    if len(profile) < _HEAD + 4 or profile[36:40] != b"acsp" or len(profile) >= LARGEST:
        return None
    (count,) = struct.unpack_from(">I", profile, _HEAD)
    if count > _MOST_TAGS or len(profile) < _HEAD + 4 + count * _ENTRY:
        return None
    tags: dict[bytes, bytes] = {}
    for number in range(count):
        name, at, size = struct.unpack_from(">4sII", profile, _HEAD + 4 + number * _ENTRY)
        if name in _COLOURS and at + size <= len(profile):
            tags[name] = profile[at : at + size]
    is_new = profile[8] >= 4  # of version 4, where texts are coded otherwise
    tags[b"desc"] = _localised() if is_new else _described()
    tags[b"cprt"] = _localised() if is_new else b"text\0\0\0\0" + _WORDS + b"\0"
    return _assembled(profile[:_HEAD], tags)


def _described() -> bytes:
    words = _WORDS + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(words)) + words + b"\0" * 78


def _localised() -> bytes:
    words = _WORDS.decode().encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(words), 28) + words


def _assembled(head: bytes, tags: dict[bytes, bytes]) -> bytes:
    table, bodies = b"", b""
    places: dict[bytes, int] = {}  # the three curves are often one
    start = _HEAD + 4 + len(tags) * _ENTRY
    for name, body in tags.items():
        if body not in places:
            places[body] = start + len(bodies)
            bodies += body + b"\0" * (-len(body) % 4)
        table += name + struct.pack(">II", places[body], len(body))
    # Of the head: not the date, nor maker, model and program.
    kept = head[8:24] + b"\0" * 12 + b"acsp" + b"\0" * 16 + head[56:80] + b"\0" * 48
    size = struct.pack(">I", start + len(bodies))
    return size + b"\0" * 4 + kept + struct.pack(">I", len(tags)) + table + bodies
