"""ICC colour profiles without their texts.

A profile of a screen names its maker, model and serial number, and often its owner ("Ann's
display"); private tags contain anything. The tags that describe the colours are kept unchanged, the
two mandatory texts are replaced, and all other tags are dropped.
"""

import struct
from typing import Final

LARGEST: Final = 4_000_000  # bytes; profiles of printers have about 2 MB, of phones 600 bytes
_HEAD, _ENTRY = 128, 12
_MAX_TAGS = 100
_COLOURS = {
    *(b"wtpt", b"bkpt", b"chad", b"rXYZ", b"gXYZ", b"bXYZ", b"cicp", b"gamt"),
    *(b"rTRC", b"gTRC", b"bTRC", b"kTRC"),
    *(kind + number for kind in (b"A2B", b"B2A", b"D2B", b"B2D") for number in (b"0", b"1", b"2")),
}
_TEXT = b"Colours"


def plain(profile: bytes) -> bytes | None:
    """The profile with its colours alone; None if it is not a profile."""
    if len(profile) < _HEAD + 4 or profile[36:40] != b"acsp" or len(profile) >= LARGEST:
        return None
    (count,) = struct.unpack_from(">I", profile, _HEAD)
    if count > _MAX_TAGS or len(profile) < _HEAD + 4 + count * _ENTRY:
        return None
    tags: dict[bytes, bytes] = {}
    for number in range(count):
        name, at, size = struct.unpack_from(">4sII", profile, _HEAD + 4 + number * _ENTRY)
        if name in _COLOURS and at + size <= len(profile):
            tags[name] = profile[at : at + size]
    is_v4 = profile[8] >= 4  # which encodes texts differently
    tags[b"desc"] = _multi_localized_text() if is_v4 else _text_description()
    tags[b"cprt"] = _multi_localized_text() if is_v4 else b"text\0\0\0\0" + _TEXT + b"\0"
    return _assembled(profile[:_HEAD], tags)


def of_screen(tags: dict[bytes, bytes]) -> bytes:
    """A profile of version 4 with these colours."""
    head = struct.pack(">I4sI4s4s4s", 0, b"", 0x0400_0000, b"mntr", b"RGB ", b"XYZ ")
    head = head.ljust(68, b"\0") + struct.pack(">3I", 0xF6D6, 0x1_0000, 0xD32D)  # D50
    texts = dict.fromkeys((b"desc", b"cprt"), _multi_localized_text())
    return _assembled(head.ljust(_HEAD, b"\0"), {**texts, **tags})


def space(profile: bytes) -> bytes:
    """The colours of the pixels that the profile is for: `RGB `, `GRAY`, `CMYK` …"""
    return profile[16:20]


def _text_description() -> bytes:
    text = _TEXT + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + b"\0" * 78


def _multi_localized_text() -> bytes:
    text = _TEXT.decode().encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(text), 28) + text


def _assembled(head: bytes, tags: dict[bytes, bytes]) -> bytes:
    table, bodies = b"", b""
    offsets: dict[bytes, int] = {}  # tags may share a body, as the three curves often do
    start = _HEAD + 4 + len(tags) * _ENTRY
    for name, body in tags.items():
        if body not in offsets:
            offsets[body] = start + len(bodies)
            bodies += body + b"\0" * (-len(body) % 4)
        table += name + struct.pack(">II", offsets[body], len(body))
    # The header without date, maker, model and program.
    kept = head[8:24] + b"\0" * 12 + b"acsp" + b"\0" * 16 + head[56:80] + b"\0" * 48
    size = struct.pack(">I", start + len(bodies))
    return size + b"\0" * 4 + kept + struct.pack(">I", len(tags)) + table + bodies
