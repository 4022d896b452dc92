"""The parts of image files: segments of JPEG, chunks of PNG and WebP, blocks of GIF.

They are walked by their lengths alone: nothing is decompressed, so a hostile file costs no more
than its bytes.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Final

from media.errors import MediaUnreadable

SCAN: Final = 0xDA
_MAX_SCANS = 100  # progressive photos have about 10; thousands are an attack on the decoder's time
# Not a stuffed zero, a restart or a fill byte. No "+": a literal first byte makes it 20 × faster.
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_DAMAGED = "The image is damaged or incomplete."


def jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each segment between start and end of a JPEG, marker and length included.
    A scan includes its coded pixels."""
    at, scans = 2, 0
    while found := _MARKER.search(data, at):
        start, marker = found.end() - 2, data[found.end() - 1]
        if marker == 0xD9:
            return
        if marker in (0x01, 0xD8):  # without a length, and without meaning here
            at = found.end()
            continue
        if start + 4 > len(data):
            break
        at = start + 2 + int.from_bytes(data[start + 2 : start + 4])
        if marker == SCAN:
            scans += 1
            if scans > _MAX_SCANS:
                raise MediaUnreadable("The image has too many scans.")
            end = _MARKER.search(data, at)
            if end is None:
                break
            at = end.start()
        yield marker, data[start:at]
    # With an end marker of ours it would decode, with grey in place of the missing rest.
    raise MediaUnreadable("The image is incomplete.")


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk of a PNG before its end."""
    at = 8
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IEND":
            return
        body, check = data[at + 8 : at + 8 + length], data[at + 8 + length : at + 12 + length]
        at += 12 + length
        if zlib.crc32(kind + body).to_bytes(4) == check:
            yield kind, body
        elif kind[0] & 0x20 == 0:  # a critical chunk
            break
    raise MediaUnreadable(_DAMAGED)


def webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk of a WebP."""
    if len(data) < 12:
        raise MediaUnreadable(_DAMAGED)
    (size,) = struct.unpack_from("<I", data, 4)
    return riff_chunks(data, 12, min(len(data), 8 + size))


def riff_chunks(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each RIFF chunk between the offsets `at` and `end`."""
    while at + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, at)
        yield kind, data[at + 8 : min(end, at + 8 + length)]
        at += 8 + length + (length & 1)


def gif_blocks(data: bytes) -> Iterator[tuple[int | None, bytes]]:
    """Label and bytes of each extension and, with the label None, of each frame of a GIF."""
    at = gif_head(data)
    while True:
        kind = _byte(data, at)
        if kind == 0x3B:
            return
        if kind == 0x2C:
            start, label = at + 11 + _colour_table_size(_byte(data, at + 9)), None
        elif kind == 0x21:
            start, label = at + 2, _byte(data, at + 1)
        else:
            raise MediaUnreadable(_DAMAGED)
        end = start
        while size := _byte(data, end):
            end += 1 + size
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
