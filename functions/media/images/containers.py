"""The parts of image files: segments of JPEG, chunks of PNG and WebP, blocks of GIF.

They are walked by their lengths alone: nothing is decompressed, so a hostile file costs no more
than its bytes, and a file of more parts than any picture has is refused after that many. What
decoders and browsers forgive is forgiven: a missing end, stray bytes between blocks, bytes that
look like a marker in the middle of a scan. A part that was cut short is not.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Final

from media.errors import MediaUnreadable

SCAN: Final = 0xDA
END: Final = 0xD9
_MAX_PARTS: Final = 50_000  # a large photograph has 300, an animation of 10,000 frames 20,000
_MAX_SUB_BLOCKS: Final = 1_000_000  # of a GIF, 255 bytes each but the last
_MAX_SCANS = 100  # progressive photos have about 10; thousands are an attack on the decoder's time
# Not a stuffed zero, a restart or a fill byte. No "+": a literal first byte makes it 20 × faster.
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
# What ends a scan. Any other marker in it is damage, behind which decoders go on at a restart.
_SCAN_END = re.compile(rb"\xff[\xc0-\xcf\xd9-\xef\xfe]")
_GIF_BLOCK = re.compile(rb"[\x21\x2c\x3b]")
_DAMAGED = "The image is damaged or incomplete."
_TOO_MANY = "The image has too many parts."


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment of a JPEG, marker and length included, up to its end.
    A scan includes its coded pixels. Of a file without an end, the last is a scan."""
    at, scans, parts = 2, 0, 0
    while found := _MARKER.search(data, at):
        start, marker = found.end() - 2, data[found.end() - 1]
        parts = _counted(parts)
        at = found.end()
        if marker == END:
            yield marker, start, at
            return
        if marker in (0x01, 0xD8):  # without a length, and without meaning here
            continue
        at = start + 2 + int.from_bytes(data[start + 2 : start + 4])
        if at > len(data) or start + 4 > len(data):
            raise MediaUnreadable("The image is incomplete.")
        if marker == SCAN:
            scans += 1
            if scans > _MAX_SCANS:
                raise MediaUnreadable("The image has too many scans.")
            at, parts = _scan_end(data, at, parts)
        yield marker, start, at
        if marker == SCAN and at == len(data):
            return
    if not scans:
        raise MediaUnreadable("The image is incomplete.")


def _scan_end(jpeg: bytes, at: int, parts: int) -> tuple[int, int]:
    """Where the coded pixels end that begin there, and the parts counted up to then. A segment that
    is longer than the rest of the file is damage as well."""
    while found := _SCAN_END.search(jpeg, at):
        parts = _counted(parts)
        start, at = found.start(), found.end()
        length = int.from_bytes(jpeg[at : at + 2])
        if jpeg[start + 1] == END or at + max(length, 2) <= len(jpeg):
            return start, parts
    return len(jpeg), parts


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk of a PNG before its end. Pixels have a checksum of their own, so
    that of their chunks need not agree."""
    at, parts, frames, has_pixels = 8, 0, 0, False
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IEND":
            return
        parts = _counted(parts)
        body, check = data[at + 8 : at + 8 + length], data[at + 8 + length : at + 12 + length]
        at += 12 + length
        if kind == b"acTL":
            frames = int.from_bytes(body[:4])
        frames -= kind == b"fcTL"
        has_pixels |= kind == b"IDAT"
        # The decoder notices where pixels of a still picture are missing.
        is_whole = kind == b"IDAT" or (kind == b"fdAT" and len(body) == length)
        if is_whole or zlib.crc32(kind + body).to_bytes(4) == check:
            yield kind, body
        elif kind[0] & 0x20 == 0 or kind == b"fdAT":  # a critical chunk
            raise MediaUnreadable(_DAMAGED)
    if not has_pixels or frames > 0:
        raise MediaUnreadable(_DAMAGED)


def webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk of a WebP."""
    if len(data) < 12:
        raise MediaUnreadable(_DAMAGED)
    (size,) = struct.unpack_from("<I", data, 4)
    return riff_chunks(data, 12, min(len(data), 8 + size))


def riff_chunks(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each RIFF chunk between the offsets `at` and `end`."""
    parts = 0
    while at + 8 <= end:
        parts = _counted(parts)
        kind, length = struct.unpack_from("<4sI", data, at)
        yield kind, data[at + 8 : min(end, at + 8 + length)]
        at += 8 + length + (length & 1)


def gif_blocks(data: bytes) -> Iterator[tuple[int | None, bytes]]:
    """Label and bytes of each extension and, with the label None, of each frame of a GIF. Stray
    bytes between them are left out, as decoders do."""
    at, parts, sub_blocks = gif_head(data), 0, 0
    while found := _GIF_BLOCK.search(data, at):
        at, kind, parts = found.start(), data[found.start()], _counted(parts)
        if kind == 0x3B:
            return
        if kind == 0x2C:
            end, label = at + 11 + _colour_table_size(_byte(data, at + 9)), None
        else:
            end, label = at + 2, _byte(data, at + 1)
        while size := _byte(data, end):
            end += 1 + size
            sub_blocks += 1
            if sub_blocks > _MAX_SUB_BLOCKS:
                raise MediaUnreadable(_TOO_MANY)
        yield label, data[at : end + 1]
        at = end + 1


def gif_head(data: bytes) -> int:
    """The number of bytes before the first block of a GIF."""
    return 13 + _colour_table_size(_byte(data, 10))


def _colour_table_size(flags: int) -> int:
    return 3 << ((flags & 0b111) + 1) if flags & 0x80 else 0


def _byte(data: bytes, at: int) -> int:
    if at >= len(data):
        raise MediaUnreadable(_DAMAGED)
    return data[at]


def _counted(parts: int) -> int:
    """One part more. Raises `MediaUnreadable` where no picture has as many."""
    if parts >= _MAX_PARTS:
        raise MediaUnreadable(_TOO_MANY)
    return parts + 1
