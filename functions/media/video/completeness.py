"""Whether a video file has all the bytes that its container announces.

ffmpeg plays what there is: of a fragmented file that was cut in the middle, what comes before the
cut. The outermost parts say how long they are, so only their heads are read. A recording without
a known length, as browsers write it, is as long as it is.
"""

import struct
from pathlib import Path
from typing import BinaryIO, Final

from media.errors import MediaUnreadable

_MAX_BOXES: Final = 200_000  # a fragment for each frame of 15 minutes: 108,000
_ISO: Final = ("video/mp4", "video/quicktime")
_WITH_CONTENT: Final = (b"moov", b"moof", b"mdat")  # what else is too long follows the end
_SEGMENT: Final = 0x18538067


def check(source: Path, content_type: str) -> None:
    """Raise `MediaUnreadable` if the end of the file is missing."""
    with source.open("rb") as file:
        is_whole = _is_whole_iso if content_type in _ISO else _is_whole_matroska
        if not is_whole(file, source.stat().st_size):
            raise MediaUnreadable("The video is incomplete: its end is missing.")


def _is_whole_iso(file: BinaryIO, length: int) -> bool:
    at, last = 0, b""
    for _ in range(_MAX_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return last != b"moof"  # whose samples are missing
        size, name = struct.unpack_from(">I4s", head)
        if size == 1 and len(head) == 16:
            (size,) = struct.unpack_from(">Q", head, 8)
        if size == 0:  # up to the end
            return True
        if size < 8 or at + size > length:
            return name not in _WITH_CONTENT and last != b"moof"
        at, last = at + size, name
    raise MediaUnreadable("The video has too many parts.")


def _is_whole_matroska(file: BinaryIO, length: int) -> bool:
    file.read(4)  # the head of the head
    size = _number(file)
    file.seek(size or 0, 1)
    if int.from_bytes(file.read(4)) != _SEGMENT:
        return True
    size = _number(file)
    return size is None or file.seek(0, 1) + size <= length


def _number(file: BinaryIO) -> int | None:
    """A length in Matroska's encoding; None if it is unknown."""
    first = int.from_bytes(file.read(1))
    width = 9 - first.bit_length()  # the first bit that is set says how many bytes there are
    if width > 8:
        return None
    value = int.from_bytes(bytes([first & (0xFF >> width)]) + file.read(width - 1))
    return None if value == (1 << (7 * width)) - 1 else value
