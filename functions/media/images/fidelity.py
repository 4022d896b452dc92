"""Whether a file without its metadata shows what was uploaded.

The cut goes by the lengths of parts, and a decoder may go another way through a damaged file. So
both files are decoded and their pixels compared, before the upload is thrown away; where they
differ, the original is encoded again from the pixels of the upload. Of an animation as many frames
are compared as have the pixels of one large picture.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import count
from typing import Final

from PIL import Image

from media.images.containers import SCAN, jpeg_segments

_PROGRESSIVE: Final = 0xC2
_END: Final = b"\xff\xd9"
_MOST_FRAMES, _MOST_PIXELS = 50, 50_000_000  # that are compared
_ROWS = 256  # that are compared at once, so that little memory is needed

type Prepare = Callable[[Image.Image], object]


def shows_the_same(clean: bytes, uploaded: bytes, decoder: str, prepare: Prepare) -> bool:
    """Whether both files decode to the same pixels. `prepare` gets each before it is decoded."""
    if clean == uploaded:
        return True
    try:
        pairs = zip(
            _frames(uploaded, decoder, prepare), _frames(clean, decoder, prepare), strict=True
        )
        return all(same_pixels(frame, other) for frame, other in pairs)
    except Exception:  # noqa: BLE001  what Pillow cannot read, others cannot either
        return False


def _frames(data: bytes, decoder: str, prepare: Prepare) -> Iterator[Image.Image]:
    with Image.open(BytesIO(data), formats=[decoder]) as image:
        prepare(image)
        most = max(1, min(_MOST_FRAMES, _MOST_PIXELS // (image.width * image.height)))
        for at in count():
            try:
                image.seek(at)
            except EOFError:
                return
            if at == most:
                return
            image.load()
            yield image


def same_pixels(one: Image.Image, other: Image.Image) -> bool:
    """Whether two pictures look the same in every pixel."""
    if (one.size, one.mode) != (other.size, other.mode):
        return False
    if one.info.get("transparency") != other.info.get("transparency"):
        return False
    if one.mode == "P" and one.getpalette("RGBA") != other.getpalette("RGBA"):
        return False
    strips = (
        (0, top, one.width, min(top + _ROWS, one.height)) for top in range(0, one.height, _ROWS)
    )
    return all(one.crop(strip).tobytes() == other.crop(strip).tobytes() for strip in strips)


def lacks_pixels(jpeg: bytes) -> bool:
    """Whether a JPEG without an end lacks more than that. Decoders fill up what is missing with
    zeros: if it is whole, what follows it makes no difference."""
    end = len(jpeg) - (jpeg[-1] == 0xFF)  # half of the end
    if not _has_every_scan(jpeg):
        return True
    files = (jpeg[:end] + more + _END for more in (b"", b"\x55" * 4096))
    with_nothing, with_noise = (Image.open(BytesIO(file), formats=["JPEG"]) for file in files)
    return not same_pixels(with_nothing, with_noise)


def _has_every_scan(jpeg: bytes) -> bool:
    """Whether the scans of a progressive JPEG have all bits of all coefficients."""
    missing: dict[tuple[int, int], int] = {}  # component, coefficient: bits
    for marker, start, end in jpeg_segments(jpeg):
        segment = jpeg[start : min(end, start + 64)]
        if marker == _PROGRESSIVE:
            components = segment[10 : 10 + 3 * segment[9] : 3]
            missing = {(name, at): 16 for name in components for at in range(64)}
        elif marker == SCAN and missing:
            count_of = segment[4]
            first, last, bits = segment[5 + 2 * count_of : 8 + 2 * count_of]
            for name in segment[5 : 5 + 2 * count_of : 2]:
                missing |= {(name, at): bits & 0x0F for at in range(first, min(last, 63) + 1)}
    return not any(missing.values())
