"""Removing metadata from a picture: EXIF, GPS, XMP, IPTC, comments.

The pixels are not touched: the file is split at the boundaries of its container's parts and
assembled from those that a decoder needs, and from nothing else. What follows the end of a picture
is dropped as well: phones append clips and second pictures there, each with its own location, and
others append archives and web pages. Colour profiles stay, without their texts: see
icc_profiles.py.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Final

from media.errors import MediaUnreadable
from media.images import icc_profiles
from media.images.containers import (
    SCAN,
    gif_blocks,
    gif_head,
    jpeg_segments,
    png_chunks,
    riff_chunks,
    webp_chunks,
)

_EXIF = b"Exif\0\0"
_ICC = b"ICC_PROFILE\0"
_ICC_PART = 65_519  # bytes of a profile that fit into one segment of a JPEG
_JPEG_END: Final = b"\xff\xd9"
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # of a JPEG: size and depth
_JPEG_KEPT = _FRAMES | {0xC4, 0xCC, 0xDB, 0xDC, 0xDD, SCAN}
# Allowed length of each chunk: all but pixel data are small.
_PNG_KEPT: Final = {
    **dict.fromkeys((b"IDAT", b"fdAT"), 1 << 31),
    **dict.fromkeys((b"IHDR", b"PLTE", b"tRNS", b"acTL", b"fcTL"), 768),
    **dict.fromkeys((b"bKGD", b"pHYs", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"sBIT"), 32),
}
_WEBP_KEPT = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
_WEBP_OF_A_FRAME = {b"VP8 ", b"VP8L", b"ALPH"}
_WEBP_EXIF_AND_XMP, _WEBP_ICC = 0b0000_1100, 0b0010_0000
_GIF_COMMENT, _GIF_END = 0xFE, b"\x3b"
_GIF_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def without_metadata(data: bytes, content_type: str) -> bytes:
    """The file with the same pixels, without metadata. JPEG, PNG, WebP and GIF."""
    return _CLEANERS[content_type](data)


def as_uploaded(data: bytes, clean: bytes, content_type: str) -> bytes:
    """The file for the decoder: all that can be pixels is as it was uploaded. `clean` is the file
    without its metadata. Only parts that Pillow walks at length or unpacks are left out."""
    if content_type == "image/jpeg":
        head, pixels = _first_scan(clean), _first_scan(data)
        return clean[:head] + data[pixels:] + _JPEG_END
    if content_type == "image/png":
        kept = (part for part in png_chunks(data) if part[0] in _PNG_KEPT)
        return data[:8] + b"".join(_png_chunk(*part) for part in kept) + _png_chunk(b"IEND", b"")
    if content_type == "image/gif":
        blocks = (block for label, block in gif_blocks(data) if label != _GIF_COMMENT)
        return data[: gif_head(data)] + b"".join(blocks) + _GIF_END
    return data


def _first_scan(jpeg: bytes) -> int:
    return next(start for marker, start, _ in jpeg_segments(jpeg) if marker == SCAN)


def profile_of(data: bytes, content_type: str) -> bytes:
    """The ICC profile of a PNG, which Pillow does not read if it is large; empty if none."""
    if content_type != "image/png":
        return b""
    return next((_png_profile(body) for kind, body in png_chunks(data) if kind == b"iCCP"), b"")


def exif_of(data: bytes, content_type: str) -> bytes | None:
    """The EXIF of a JPEG, PNG or WebP, unchecked: it may be invalid."""
    if content_type == "image/jpeg":
        for marker, start, end in jpeg_segments(data):
            if marker == 0xE1 and data[start + 4 : start + 10] == _EXIF:
                return data[start + 10 : end]
            if marker == SCAN:
                break
        return None
    chunks = {"image/png": (png_chunks, b"eXIf"), "image/webp": (webp_chunks, b"EXIF")}
    if content_type not in chunks:
        return None
    walk, name = chunks[content_type]
    found = next((body for kind, body in walk(data) if kind == name), None)
    return found and found.removeprefix(_EXIF)


def _jpeg(data: bytes) -> bytes:
    head, body, parts = [b"\xff\xd8"], [], []
    for marker, start, end in jpeg_segments(data):
        segment = data[start:end]
        if marker in _FRAMES and segment[4:5] not in (b"", b"\x08"):
            raise MediaUnreadable(f"A JPEG with {segment[4]} bits per colour cannot be read.")
        if marker in _JPEG_KEPT:
            body.append(segment)
        elif marker == 0xE0 and segment[4:9] == b"JFIF\0" and len(segment) >= 18:
            head.append(b"\xff\xe0\x00\x10" + segment[4:16] + b"\0\0")  # without its thumbnail
        elif marker == 0xE2 and segment[4:16] == _ICC:
            parts.append(segment[16:])
        elif marker == 0xEE and segment[4:9] == b"Adobe" and len(segment) >= 16:
            head.append(b"\xff\xee\x00\x0e" + segment[4:16])  # the colour encoding
    # Each part begins with its number and the number of parts.
    profile = icc_profiles.plain(b"".join(part[2:] for part in sorted(parts)))
    return b"".join([*head, *_jpeg_profile(profile), *body, _JPEG_END])


def _jpeg_profile(profile: bytes | None) -> Iterator[bytes]:
    starts = range(0, len(profile or b""), _ICC_PART)
    for number, start in enumerate(starts, 1):
        part = _ICC + bytes([number, len(starts)]) + (profile or b"")[start : start + _ICC_PART]
        yield b"\xff\xe2" + struct.pack(">H", len(part) + 2) + part


def _png(data: bytes) -> bytes:
    kept = [data[:8]]
    for kind, body in png_chunks(data):
        if kind == b"iCCP":
            profile = icc_profiles.plain(_png_profile(body))
            if profile:
                kept.append(_png_chunk(kind, b"icc\0\0" + zlib.compress(profile)))
        elif len(body) <= _PNG_KEPT.get(kind, -1):
            kept.append(_png_chunk(kind, body))
    return b"".join([*kept, _png_chunk(b"IEND", b"")])


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png_profile(body: bytes) -> bytes:
    """The compressed profile. Not decompressed further than the largest profile: that is a bomb."""
    compressed = body.partition(b"\0")[2][1:]
    try:
        return zlib.decompressobj().decompress(compressed, icc_profiles.LARGEST)
    except zlib.error:
        return b""


def _webp(data: bytes) -> bytes:
    chunks = list(webp_chunks(data))
    profile = next((icc_profiles.plain(body) for kind, body in chunks if kind == b"ICCP"), None)
    kept = []
    for kind, body in chunks:
        if kind == b"VP8X" and len(body) >= 10:
            flags = body[0] & ~_WEBP_EXIF_AND_XMP & ~(0 if profile else _WEBP_ICC)
            kept.append(_webp_chunk(kind, bytes([flags]) + body[1:10]))
        elif kind == b"ICCP":
            if profile:
                kept.append(_webp_chunk(kind, profile))
        elif kind == b"ANIM":
            kept.append(_webp_chunk(kind, body[:6]))
        elif kind == b"ANMF":
            parts = riff_chunks(body, 16, len(body))
            frame = (_webp_chunk(*part) for part in parts if part[0] in _WEBP_OF_A_FRAME)
            kept.append(_webp_chunk(kind, body[:16] + b"".join(frame)))
        elif kind in _WEBP_KEPT:
            kept.append(_webp_chunk(kind, body))
    whole = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _webp_chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) & 1)


def _gif(data: bytes) -> bytes:
    kept = [data[: gif_head(data)]]
    for label, block in gif_blocks(data):
        loops = label == 0xFF and block[3:14] in _GIF_LOOPS and len(block) == 19
        if label is None or loops or (label == 0xF9 and len(block) == 8):
            kept.append(block)
    return b"".join([*kept, _GIF_END])


_CLEANERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/gif": _gif,
}
