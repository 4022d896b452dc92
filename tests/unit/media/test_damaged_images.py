"""Damaged pictures: what decoders show is served, and what lost pixels is refused."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from media.errors import MediaUnreadable
from media.images import fidelity, rendering
from media.images.containers import SCAN, jpeg_segments
from media.images.rendering import RenderedImage
from tests.unit.media.samples import SECRET, four_corners

type Render = Callable[..., RenderedImage]


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """Render these bytes."""
    into = tmp_path / "made"
    into.mkdir()

    def run(data: bytes, kind: str = "JPEG") -> RenderedImage:
        source = tmp_path / "upload"
        source.write_bytes(data)
        bounds = {"max_bytes": 20_000_000, "max_pixels": 50_000_000}
        return rendering.render(source, into, declared=f"image/{kind.lower()}", **bounds)

    return run


def detailed(size: tuple[int, int] = (320, 240)) -> Image.Image:
    return Image.blend(four_corners(*size), Image.effect_noise(size, 60).convert("RGB"), 0.3)


def written(image: Image.Image, kind: str = "JPEG", **settings: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **settings)
    return file.getvalue()


def frames(data: bytes) -> list[Image.Image]:
    with Image.open(BytesIO(data)) as image:
        shown = []
        for at in range(getattr(image, "n_frames", 1)):
            image.seek(at)
            shown.append(image.convert("RGBA"))
        return shown


def assert_shown(made: RenderedImage, uploaded: bytes, *, exactly: bool = True) -> None:
    """The original has the pixels of the upload, the sizes nearly."""
    shown, original = frames(uploaded), frames(made.variants["original"].path.read_bytes())
    if exactly:
        assert [frame.tobytes() for frame in original] == [frame.tobytes() for frame in shown]
    else:  # it was encoded again
        assert max(ImageStat.Stat(ImageChops.difference(shown[0], original[0])).mean) < 4
    with Image.open(made.variants["1080"].path) as size:
        changed = ImageStat.Stat(
            ImageChops.difference(size.convert("RGB"), shown[0].convert("RGB"))
        )
    assert max(changed.mean) < 12


def scan_of(jpeg: bytes) -> int:
    return next(start for marker, start, _ in jpeg_segments(jpeg) if marker == SCAN)


@pytest.mark.parametrize("settings", [{}, {"progressive": True}], ids=["baseline", "progressive"])
@pytest.mark.parametrize("byte", [0x01, 0x3B, 0x9F, 0xBF, 0xD9, 0xE1, 0xFE])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("restarts", [0, 4])
def test_a_damaged_byte_in_a_scan(
    render: Render, settings: dict[str, bool], byte: int, part: float, restarts: int
) -> None:
    """It looks like a marker. What is shown is what Pillow shows, behind the damage, too."""
    jpeg = bytearray(written(detailed(), restart_marker_blocks=restarts, **settings))
    start = scan_of(bytes(jpeg)) + 14
    at = start + int((len(jpeg) - start) * part)
    while {0xFF, 0} & set(jpeg[at - 1 : at + 3]):
        at += 1
    jpeg[at : at + 2] = bytes([0xFF, byte])
    try:
        frames(bytes(jpeg))
    except OSError:  # what Pillow cannot show is refused
        with pytest.raises(MediaUnreadable):
            render(bytes(jpeg))
    else:
        # What looks like a segment is cut out; if that harms the picture, it is encoded again.
        assert_shown(render(bytes(jpeg)), bytes(jpeg), exactly=byte not in (0xE1, 0xFE))


def test_where_the_cut_would_lose_pixels_they_are_encoded_again(render: Render) -> None:
    """A comment in the middle of a scan: decoders skip it and go on at the next restart."""
    jpeg = written(detailed(), restart_marker_blocks=4)
    comment = b"\xff\xfe" + struct.pack(">H", len(SECRET) + 2) + SECRET
    at = jpeg.index(b"\xff\xd3", scan_of(jpeg))
    damaged = jpeg[:at] + comment + jpeg[at:]
    made = render(damaged)
    original = made.variants["original"].path.read_bytes()
    assert SECRET not in original
    [shown], [kept] = frames(damaged), frames(original)
    changed = ImageStat.Stat(ImageChops.difference(shown.convert("RGB"), kept.convert("RGB")))
    assert max(changed.mean) < 4


@pytest.mark.parametrize("settings", [{}, {"progressive": True}], ids=["baseline", "progressive"])
@pytest.mark.parametrize("cut", [1, 2])
def test_a_jpeg_without_its_end(render: Render, settings: dict[str, bool], cut: int) -> None:
    whole = written(detailed(), **settings)
    assert_shown(render(whole[:-cut]), whole)


@pytest.mark.parametrize("cut", [12, 40, 400, 4000])
@pytest.mark.parametrize("settings", [{}, {"progressive": True}], ids=["baseline", "progressive"])
def test_a_jpeg_without_its_last_pixels(
    render: Render, settings: dict[str, bool], cut: int
) -> None:
    with pytest.raises(MediaUnreadable, match="incomplete"):
        render(written(detailed(), **settings)[:-cut])


def test_a_progressive_jpeg_without_its_last_scan(render: Render) -> None:
    """Cut between two scans: all pixels are there, but none is sharp."""
    jpeg = written(detailed(), progressive=True)
    scans = [start for marker, start, _ in jpeg_segments(jpeg) if marker == SCAN]
    for end in scans[1:]:
        with pytest.raises(MediaUnreadable, match="incomplete"):
            render(jpeg[:end])


def animation(kind: str) -> bytes:
    pictures = [four_corners(80, 60).rotate(angle) for angle in (0, 90, 180)]
    settings = {"save_all": True, "append_images": pictures[1:], "duration": 100}
    return written(pictures[0], kind, **settings)


def after_the_frame(gif: bytes, number: int) -> int:
    """Where a frame of a GIF ends."""
    from media.images.containers import gif_blocks

    blocks = [block for label, block in gif_blocks(gif) if label is None]
    return gif.index(blocks[number]) + len(blocks[number])


def test_a_gif_without_its_trailer(render: Render) -> None:
    gif = animation("GIF")
    assert_shown(render(gif[:-1], "GIF"), gif)


@pytest.mark.parametrize("stray", [b"\0", b"\0" * 1000, b"\x01\x02\x03", SECRET])
@pytest.mark.parametrize("frame", [0, 1, 2])
def test_a_gif_with_stray_bytes_between_its_blocks(
    render: Render, stray: bytes, frame: int
) -> None:
    stray = stray.translate(None, b"!,;")
    gif = animation("GIF")
    at = after_the_frame(gif, frame)
    made = render(gif[:at] + stray + gif[at:], "GIF")
    assert_shown(made, gif)
    assert SECRET not in made.variants["original"].path.read_bytes()


def test_a_gif_that_says_more_of_a_frame_than_it_should(render: Render) -> None:
    """Decoders read what they know of a longer extension: which colour is transparent."""
    clear = Image.new("P", (80, 60))
    clear.putpalette([255, 0, 0, 0, 0, 255])
    clear.paste(1, (0, 0, 40, 60))
    gif = written(clear, "GIF", transparency=1)
    at = gif.index(b"\x21\xf9\x04")
    longer = gif[:at] + b"\x21\xf9\x05" + gif[at + 3 : at + 7] + b"\0\0" + gif[at + 8 :]
    made = render(longer, "GIF")
    [shown] = frames(made.variants["original"].path.read_bytes())
    assert shown.getchannel("A").getextrema() == (0, 255)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_an_animation_that_was_cut_in_a_frame(render: Render, kind: str) -> None:
    data = animation(kind)
    for end in range(len(data) - 60, len(data) - 20, 5):
        with pytest.raises(MediaUnreadable):
            render(data[:end], kind)


def chunks_of(png: bytes) -> list[tuple[bytes, bytes]]:
    at, found = 8, []
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        found.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def png_of(chunks: list[tuple[bytes, bytes]]) -> bytes:
    parts = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("cut", [1, 4, 11, 12, 14, 16])
def test_a_png_without_its_end(render: Render, cut: int) -> None:
    """Up to the whole last chunk, and the checksum of the one before."""
    png = written(detailed(), "PNG")
    assert_shown(render(png[:-cut], "PNG"), png)


def test_a_png_whose_pixels_have_a_wrong_checksum(render: Render) -> None:
    """Their own checksum is right."""
    png = written(detailed(), "PNG")
    assert_shown(render(png[:-16] + b"\0\0\0\0" + png[-12:], "PNG"), png)


def test_an_animated_png_that_lacks_a_frame(render: Render) -> None:
    chunks = chunks_of(animation("PNG"))
    last = max(at for at, (kind, _) in enumerate(chunks) if kind == b"fcTL")
    with pytest.raises(MediaUnreadable):
        render(png_of(chunks[:last]), "PNG")


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_an_animation_that_the_cut_would_harm_is_encoded_again(
    render: Render, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    data = animation(kind)
    monkeypatch.setattr(fidelity, "shows_the_same", lambda *given: False)
    original = render(data, kind).variants["original"].path.read_bytes()
    shown, kept = frames(data), frames(original)
    assert len(kept) == 3
    for frame, other in zip(shown, kept, strict=True):
        changed = ImageStat.Stat(ImageChops.difference(frame, other))
        assert max(changed.mean) < 6


# Work that grows no faster than the file, and parts in a number that no picture has.


def with_many(kind: str, count: int) -> bytes:
    """A picture with so many empty parts."""
    data = written(four_corners(), kind)
    if kind == "JPEG":
        return data[:2] + b"\xff\xfe\0\2" * count + data[2:]
    if kind == "PNG":
        empty = struct.pack(">I4sI", 0, b"prVt", zlib.crc32(b"prVt"))
        return data[:33] + empty * count + data[33:]
    if kind == "WEBP":
        body = data[8:] + b"prVt\0\0\0\0" * count
        return b"RIFF" + struct.pack("<I", len(body)) + body
    return data[:-1] + b"\x21\xfe\0" * count + b";"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_millions_of_parts_are_refused(render: Render, kind: str) -> None:
    render(with_many(kind, 40_000), kind)
    with pytest.raises(MediaUnreadable, match="too many parts"):
        render(with_many(kind, 4_900_000)[:20_000_000], kind)


def steps(work: Callable[[], object]) -> int:
    """The lines of Python that are run."""
    import sys

    count = 0

    def trace(frame: object, event: str, argument: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_twice_the_parts_are_at_most_twice_the_work(kind: str) -> None:
    from media.images.metadata import as_uploaded, exif_of, without_metadata

    def work(data: bytes) -> int:
        def walk() -> None:
            content_type = f"image/{kind.lower()}"
            exif_of(data, content_type)
            as_uploaded(data, without_metadata(data, content_type), content_type)

        return steps(walk)

    once, twice = work(with_many(kind, 2000)), work(with_many(kind, 4000))
    assert twice <= 2.1 * once
