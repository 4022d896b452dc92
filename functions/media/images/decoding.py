"""Decoding an uploaded picture: its pixels, its orientation and its colours."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import ExifTags, Image
from PIL.JpegImagePlugin import JpegImageFile

from media.errors import MediaError, MediaTooManyPixels, MediaUnreadable
from media.images import colours, fidelity, heif_boxes
from media.images.colours import Colours
from media.images.containers import END, jpeg_segments
from media.images.metadata import as_uploaded, exif_of, without_metadata

_DECODERS: Final = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/heic": "HEIF",
    "image/heif": "HEIF",
    "image/avif": "AVIF",
}
LONGEST_WEBP: Final = 16_383  # pixels; the limit for a side of a WebP
# By EXIF orientation; 1 and everything unknown is upright.
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS: Final = {
    Image.Transpose.TRANSPOSE,
    Image.Transpose.ROTATE_270,
    Image.Transpose.TRANSVERSE,
    Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture in memory.

    `image` holds the pixels as stored: not yet turned, and of an upright JPEG perhaps fewer than
    the file has. Width and height are those of the whole picture as shown.
    """

    content_type: str
    clean: bytes  # the file without its metadata
    uploaded: bytes  # the file that was decoded, with the pixels as they were uploaded
    image: Image.Image
    turn: Image.Transpose | None
    colours: Colours
    width: int
    height: int

    @property
    def is_cut_right(self) -> bool:
        """Whether the file without its metadata shows what was uploaded."""
        size = self.image.size
        return fidelity.shows_the_same(
            self.clean,
            self.uploaded,
            _DECODERS[self.content_type],
            lambda image: image.draft("RGB", size) if self.image.size != image.size else None,
        )

    def whole(self) -> Image.Image:
        """All pixels as stored."""
        if isinstance(self.image, JpegImageFile):
            return Image.open(BytesIO(self.uploaded), formats=["JPEG"])
        return self.image

    @property
    def sideways(self) -> bool:
        """Whether the stored width is the shown height."""
        return self.turn in _SIDEWAYS

    def turned(self, image: Image.Image) -> Image.Image:
        """`image`, stored in the orientation of this picture, as it is shown."""
        return image if self.turn is None else image.transpose(self.turn)


def read(
    source: Path,
    content_type: str,
    *,
    max_pixels: int,
    target_size: Callable[[int, int], tuple[int, int]],
) -> Picture:
    """Decode a file of this real type.

    `target_size` computes from width and height the size that the caller needs, which saves the
    decoder most of the work on a large JPEG. Dimensions are checked before any pixel is decoded.
    """
    try:
        return _read(source.read_bytes(), content_type, max_pixels, target_size)
    except (MediaError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(max_pixels) from error
    except Exception as error:
        # Decoders raise any exception on hostile bytes; all mean the same to the owner.
        raise MediaUnreadable(
            "The image is damaged, incomplete, or of a kind that we cannot read."
        ) from error


def _read(
    data: bytes,
    content_type: str,
    max_pixels: int,
    target_size: Callable[[int, int], tuple[int, int]],
) -> Picture:
    decoder = _DECODERS[content_type]
    if decoder == "HEIF":
        import pillow_heif  # slow to import, rarely needed

        pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    can_be_cut = decoder not in ("HEIF", "AVIF")
    if not can_be_cut and heif_boxes.pixels(data) > max_pixels:
        raise _too_many_pixels(max_pixels)  # their decoders refuse it without that reason
    clean = without_metadata(data, content_type) if can_be_cut else data
    uploaded = as_uploaded(data, clean, content_type) if can_be_cut else data
    image: Image.Image = Image.open(BytesIO(uploaded), formats=[decoder])
    width, height = image.size
    if width * height > max_pixels:
        raise _too_many_pixels(max_pixels)
    if decoder == "JPEG" and _has_no_end(data) and fidelity.lacks_pixels(data):
        raise MediaUnreadable("The image is incomplete.")
    # HEIC is decoded upright; for AVIF, Pillow returns the container's orientation as EXIF.
    turn = _turn(exif_of(data, content_type) if can_be_cut else image.info.get("exif"))
    shown_as = colours.declared(data, content_type, image)
    if decoder == "JPEG" and turn is None:
        image.draft("RGB", target_size(width, height))  # originals.py needs turned ones whole
    image.load()
    if decoder in ("WEBP", "AVIF"):
        image = image.copy()  # frees the decoder, which holds the pixels up to three times
    if image.mode == "P" and image.palette is None:
        raise MediaUnreadable("The image lacks its palette.")
    if decoder == "PNG":
        _scale_transparency(image, depth=uploaded[24])
    if decoder != "JPEG":
        width, height = image.size  # a GIF's first frame may be larger than its header says
        if width * height > max_pixels:
            raise _too_many_pixels(max_pixels)
    if turn in _SIDEWAYS:
        width, height = height, width
    return Picture(content_type, clean, uploaded, image, turn, shown_as, width, height)


def _has_no_end(jpeg: bytes) -> bool:
    return all(marker != END for marker, _, _ in jpeg_segments(jpeg))


def _scale_transparency(image: Image.Image, depth: int) -> None:
    """Scale the transparent grey to 8 bits, as Pillow scales the pixels but not this value."""
    clear = image.info.get("transparency")
    if image.mode in ("1", "L") and isinstance(clear, int) and depth < 8:
        image.info["transparency"] = clear * 255 // ((1 << depth) - 1)


def _too_many_pixels(max_pixels: int) -> MediaTooManyPixels:
    return MediaTooManyPixels(f"The image has more than the {max_pixels:,} pixels allowed.")


def _turn(exif: bytes | None) -> Image.Transpose | None:
    if not exif:
        return None
    tags = Image.Exif()
    try:
        tags.load(exif)
        return _TURNS.get(tags.get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001  a picture with broken EXIF is still a picture
        return None


def resizable(image: Image.Image) -> Image.Image:
    """The picture in a mode whose pixels can be averaged: L, LA, RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):  # 16-bit grey, which convert() would clip
        return _grey_of_16_bits(image)
    if image.mode in ("RGB", "L", "P", "1") and image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _grey_of_16_bits(image: Image.Image) -> Image.Image:
    grey = image.point(lambda value: value / 256).convert("L")
    clear = image.info.get("transparency")
    if not isinstance(clear, int):
        return grey
    opaque = [0 if value == clear else 255 for value in range(1 << 16)]
    grey.putalpha(image.convert("I").point(opaque, "L"))
    return grey
