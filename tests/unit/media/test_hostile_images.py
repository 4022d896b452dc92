"""Hostile files: each ends as a harmless picture, or fails with a reason."""

import struct
import tracemalloc
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from media.errors import (
    MediaError,
    MediaTooManyPixels,
    MediaTypeMismatch,
    MediaUnreadable,
)
from media.images import rendering
from media.images.rendering import RenderedImage
from tests.unit.media.samples import CORNERS, corners, exif, four_corners, saved

type Render = Callable[[bytes, str], RenderedImage]

KINDS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF")
PAYLOAD = b"<script>alert(1)</script>PK\x03\x04\x14\0"


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """Render these bytes, declared as of this type, into a folder of their own."""
    source, into = tmp_path / "upload", tmp_path / "made"
    into.mkdir()

    def run(data: bytes, declared: str) -> RenderedImage:
        source.write_bytes(data)
        bounds = {"max_bytes": 20_000_000, "max_pixels": 50_000_000}
        return rendering.render(source, into, declared=declared, **bounds)

    return run


@cache
def whole(kind: str) -> bytes:
    """A small picture of this kind that is hard to compress."""
    pillow_heif.register_heif_opener()
    written = BytesIO()
    Image.effect_noise((160, 120), 80).convert("RGB").save(written, kind)
    return written.getvalue()


def four(kind: str, **settings: object) -> bytes:
    """The picture with four corners as a file of this kind."""
    pillow_heif.register_heif_opener()
    written = BytesIO()
    four_corners().save(written, kind, **settings)
    return written.getvalue()


def mime(kind: str) -> str:
    return f"image/{kind.lower()}"


# Too large in memory.


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def enormous_png(width: int, height: int) -> bytes:
    """A few bytes that claim to be enormous."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.mark.parametrize("size", [(8000, 8000), (30_000, 30_000), (2_000_000_000, 2_000_000_000)])
def test_bombs_are_refused_before_they_are_unpacked(render: Render, size: tuple[int, int]) -> None:
    with pytest.raises(MediaTooManyPixels, match="50,000,000") as caught:
        render(enormous_png(*size), "image/png")
    assert caught.value.code == "media_too_many_pixels"


@pytest.mark.parametrize(
    ("kind", "at", "code"),
    [
        ("JPEG", lambda data: data.index(b"\xff\xc0") + 5, ">HH"),
        ("GIF", lambda data: 6, "<HH"),
    ],
)
def test_small_files_that_claim_to_be_enormous(
    render: Render, kind: str, at: Callable[[bytes], int], code: str
) -> None:
    data = bytearray(whole(kind))
    struct.pack_into(code, data, at(data), 65_000, 65_000)
    with pytest.raises(MediaTooManyPixels):
        render(bytes(data), mime(kind))


def test_a_gif_whose_frame_is_larger_than_it_says(render: Render) -> None:
    data = bytearray(whole("GIF"))
    frame = data.index(b"\x2c", 13 + 3 * 2 ** ((data[10] & 7) + 1))
    struct.pack_into("<HH", data, frame + 5, 60_000, 60_000)
    with pytest.raises(MediaTooManyPixels):
        render(bytes(data), "image/gif")


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
@pytest.mark.parametrize("size", [(8, 8), (8000, 8000), (60_000, 60_000)])
def test_a_size_that_is_not_that_of_the_pixels(
    render: Render, kind: str, size: tuple[int, int]
) -> None:
    data = bytearray(whole(kind))
    struct.pack_into(">II", data, data.index(b"ispe") + 8, *size)
    try:
        made = render(bytes(data), mime(kind))
        outcome = f"{made.width} × {made.height}"
    except MediaError as error:
        outcome = error.code
    expected = {
        (8, 8): "8 × 8" if kind == "AVIF" else "media_unreadable",  # AVIF may be stored larger
        (8000, 8000): "media_too_many_pixels",
        (60_000, 60_000): "media_too_many_pixels",
    }
    assert outcome == expected[size]


@cache
def bomb_of_zeros() -> bytes:
    return zlib.compress(b"\0" * 100_000_000)


@pytest.mark.parametrize(
    ("name", "start"),
    [
        (b"iCCP", b"profile\0\0"),
        (b"zTXt", b"Comment\0\0"),
        (b"iTXt", b"Comment\0\1\0\0\0"),
    ],
)
def test_bombs_in_the_metadata_of_a_picture(render: Render, name: bytes, start: bytes) -> None:
    """100 MB in 100 KB: the picture is fine, and the bomb is not decompressed."""
    data = four("PNG")
    at = data.index(b"IDAT") - 4
    bomb = chunk(name, start + bomb_of_zeros())
    tracemalloc.start()
    try:
        made = render(data[:at] + bomb + data[at:], "image/png")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 30_000_000
    assert corners(made.variants["320"].path) == list(CORNERS)
    assert made.variants["original"].size < 10_000


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_an_animation_of_thousands_of_frames(tmp_path: Path, render: Render, kind: str) -> None:
    """Only one frame is decoded, whatever their number."""
    frames = [Image.new("L", (8, 8), at % 2 * 255) for at in range(1000)]
    settings = {"save_all": True, "append_images": frames[1:], "duration": 20}
    data = saved(frames[0], tmp_path / "animation", kind, **settings).read_bytes()
    made = render(data, mime(kind))
    assert (made.width, made.height) == (8, 8)
    with Image.open(made.variants["original"].path) as original:
        assert original.n_frames == 1000  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "broken_exif",
    [
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\0\3\xff\xff\xff\xff\0\0\0\0" * 40,
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x69\x87\4\0\1\0\0\0\x08\0\0\0\x08\0\0\0",
        b"Exif\0\0MM\0+\0\x08\0\0" + b"\xff" * 16,
        b"Exif\0\0MM\0*\xff\xff\xff\xff",
        b"Exif\0\0",
        b"Exif\0\0" + four("JPEG"),
    ],
    ids=["endless", "in a circle", "BigTIFF", "outside", "none", "a picture"],
)
def test_broken_exif_is_ignored(render: Render, broken_exif: bytes) -> None:
    made = render(four("JPEG", exif=broken_exif), "image/jpeg")
    assert corners(made.variants["320"].path) == list(CORNERS)


def test_a_jpeg_of_12_bits_is_refused_with_its_reason(render: Render) -> None:
    data = bytearray(whole("JPEG"))
    data[data.index(b"\xff\xc0") + 4] = 12
    with pytest.raises(MediaUnreadable, match="12 bits per colour"):
        render(bytes(data), "image/jpeg")


def test_a_png_without_its_palette_is_unreadable(render: Render) -> None:
    written = BytesIO()
    four_corners(mode="P").save(written, "PNG")
    data = written.getvalue()
    at = data.index(b"PLTE") - 4
    end = data.index(b"IDAT") - 4
    with pytest.raises(MediaUnreadable, match="palette"):
        render(data[:at] + data[end:], "image/png")


# Something else in the same file.


def jpeg_with(segment: bytes, marker: int) -> bytes:
    data = four("JPEG")
    return (
        data[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(segment) + 2) + segment + data[2:]
    )


def png_with(name: bytes, body: bytes) -> bytes:
    data = four("PNG")
    at = data.index(b"IDAT") - 4
    return data[:at] + chunk(name, body) + data[at:]


def gif_with(extension: bytes) -> bytes:
    return four("GIF")[:-1] + extension + b"\x3b"


def webp_with(name: bytes, *, first: bool = False) -> bytes:
    data = four("WEBP", exif=exif())
    strange = name + struct.pack("<I", len(PAYLOAD)) + PAYLOAD + b"\0" * (len(PAYLOAD) & 1)
    body = data[12:30] + strange + data[30:] if first else data[12:] + strange
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


TWO_IN_ONE = {
    "JPEG and an archive": ("JPEG", four("JPEG") + PAYLOAD),
    "JPEG with a page in its comment": ("JPEG", jpeg_with(PAYLOAD, 0xFE)),
    "JPEG with a page for EXIF": ("JPEG", jpeg_with(b"Exif\0\0" + PAYLOAD, 0xE1)),
    "JPEG with an archive for a profile": (
        "JPEG",
        jpeg_with(b"ICC_PROFILE\0\1\1" + PAYLOAD * 20, 0xE2),
    ),
    "JPEG with a page for a thumbnail": ("JPEG", jpeg_with(b"JFXX\0" + PAYLOAD, 0xE0)),
    "JPEG with a long name for its colours": (
        "JPEG",
        jpeg_with(b"Adobe\0\x64\0\0\0\0\1" + PAYLOAD, 0xEE),
    ),
    "JPEG with a reserved segment": ("JPEG", jpeg_with(PAYLOAD, 0xF3)),
    "PNG and an archive": ("PNG", four("PNG") + PAYLOAD),
    "PNG with a page in its text": ("PNG", png_with(b"tEXt", b"Title\0" + PAYLOAD)),
    "PNG with a chunk of its own": ("PNG", png_with(b"prVt", PAYLOAD)),
    "PNG with an archive for its density": ("PNG", png_with(b"pHYs", b"\0" * 9 + PAYLOAD)),
    "GIF and an archive": ("GIF", four("GIF") + PAYLOAD),
    "GIF with a page in its comment": (
        "GIF",
        gif_with(b"\x21\xfe" + bytes([len(PAYLOAD)]) + PAYLOAD + b"\0"),
    ),
    "GIF with an archive for its loops": (
        "GIF",
        gif_with(b"\x21\xff\x0bNETSCAPE2.0" + bytes([len(PAYLOAD)]) + PAYLOAD + b"\0"),
    ),
    "WebP and an archive": ("WEBP", four("WEBP") + PAYLOAD),
    "WebP with a page for XMP": ("WEBP", webp_with(b"XMP ")),
    "WebP with an archive for a profile": ("WEBP", webp_with(b"ICCP", first=True)),
    "WebP with a chunk of its own": ("WEBP", webp_with(b"ZIP!")),
    "AVIF and an archive": ("AVIF", four("AVIF") + PAYLOAD),
    "HEIF and an archive": ("HEIF", four("HEIF") + PAYLOAD),
}


@pytest.mark.parametrize(("kind", "data"), TWO_IN_ONE.values(), ids=TWO_IN_ONE)
def test_of_two_files_in_one_only_the_picture_is_served(
    render: Render, kind: str, data: bytes
) -> None:
    assert PAYLOAD in data
    made = render(data, mime(kind))
    assert corners(made.variants["320"].path) == list(CORNERS)
    for file in made.files:
        assert PAYLOAD not in file.path.read_bytes()


# No picture, or not all of it.


@pytest.mark.parametrize(
    ("data", "declared", "real"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", "image/svg"),
        (b"<!DOCTYPE html>" + whole("JPEG"), "image/jpeg", "text/html"),
        (b"%PDF-1.7\n" + whole("JPEG"), "image/jpeg", "application/pdf"),
        (PAYLOAD[-6:] + whole("PNG"), "image/png", "application/zip"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "image/heic", "video/mp4"),
    ],
)
def test_files_of_another_type(render: Render, data: bytes, declared: str, real: str) -> None:
    with pytest.raises(MediaTypeMismatch, match=real) as caught:
        render(data, declared)
    assert caught.value.code == "media_type_mismatch"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("declared", KINDS)
def test_a_picture_is_what_its_bytes_are(render: Render, kind: str, declared: str) -> None:
    """Phones and programs give wrong names every day."""
    made = render(four(kind), mime(declared))
    assert made.content_type == {"HEIF": "image/heic"}.get(kind, mime(kind))
    assert corners(made.variants["320"].path) == list(CORNERS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("data", [b"", b"\0" * 5000, b"hello"], ids=["empty", "zeros", "text"])
def test_files_of_no_type(render: Render, kind: str, data: bytes) -> None:
    with pytest.raises(MediaUnreadable):
        render(data, mime(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_cut_files_are_unreadable_wherever_they_are_cut(render: Render, kind: str) -> None:
    data = whole(kind)
    ends = {len(data) * tenth // 40 for tenth in range(1, 39)} | {12, 16, 20, 24, 30, 33}
    for end in sorted(ends):
        with pytest.raises(MediaUnreadable) as caught:
            render(data[:end], mime(kind))
        assert caught.value.code == "media_unreadable", end


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(8))
def test_damaged_files_end_in_a_picture_or_a_reason(render: Render, kind: str, seed: int) -> None:
    data = bytearray(whole(kind))
    for at in range(12 + seed * 7, len(data), 97 + 31 * seed):
        data[at] ^= 0x5A
    try:
        made = render(bytes(data), mime(kind))
        outcome = "a picture" if made.variants["320"].size else "nothing"
    except MediaError as error:
        outcome = error.code
    reasons = ("media_unreadable", "media_too_many_pixels", "media_type_mismatch")
    assert outcome in ("a picture", *reasons)
