"""An uploaded picture, decoded: its pixels, and how they are meant to be shown."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import ExifTags, Image, ImageCms

from media.errors import MediaError, MediaTooManyPixels, MediaUnreadable
from media.images import icc_profiles
from media.images.metadata import exif_of, without_metadata

_DECODER: Final = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/heic": "HEIF",
    "image/heif": "HEIF",
    "image/avif": "AVIF",
}
LONGEST_WEBP: Final = 16_383  # pixels that a side of a WebP can have
# What EXIF's orientation asks for; 1 and everything unknown is upright.
_TURN: Final = {
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

    `image` holds the pixels as stored: not turned yet, and of an upright JPEG perhaps fewer than
    the file has. Width and height are of the whole picture as shown.
    """

    content_type: str
    clean: bytes  # the file without its metadata
    image: Image.Image
    turn: Image.Transpose | None
    profile: bytes | None  # ICC
    width: int
    height: int

    @property
    def sideways(self) -> bool:
        """Whether stored width is shown height."""
        return self.turn in _SIDEWAYS

    def turned(self, image: Image.Image) -> Image.Image:
        """`image`, stored like this picture, as it is meant to be shown."""
        return image if self.turn is None else image.transpose(self.turn)


def read(
    source: Path,
    content_type: str,
    *,
    max_pixels: int,
    wanted: Callable[[int, int], tuple[int, int]],
) -> Picture:
    """Decode a file of this real type; `wanted` tells from width and height how many pixels the
    caller will use, which spares the decoder of a large JPEG most of its work.

    Dimensions are checked before any pixel is unpacked.
    """
    try:
        return _read(source.read_bytes(), content_type, max_pixels, wanted)
    except MediaError:
        raise
    except MemoryError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_many(max_pixels) from error
    except Exception as error:
        # Decoders fail on hostile bytes in every way there is; each means the same to the owner.
        raise MediaUnreadable(
            "The image is damaged, incomplete, or of a kind that we cannot read."
        ) from error


def _read(
    data: bytes,
    content_type: str,
    max_pixels: int,
    wanted: Callable[[int, int], tuple[int, int]],
) -> Picture:
    decoder = _DECODER[content_type]
    if decoder == "HEIF":
        import pillow_heif  # slow to import, seldom needed

        pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    is_cut = decoder not in ("HEIF", "AVIF")
    clean = without_metadata(data, content_type) if is_cut else data
    image: Image.Image = Image.open(BytesIO(clean), formats=[decoder])
    width, height = image.size
    if width * height > max_pixels:
        raise _too_many(max_pixels)
    # HEIC comes out turned already; of AVIF Pillow tells as EXIF what the container asks for.
    turn = _turn(exif_of(data, content_type) if is_cut else image.info.get("exif"))
    profile = icc_profiles.plain(image.info.get("icc_profile") or b"")
    if decoder == "JPEG" and turn is None:
        image.draft("RGB", wanted(width, height))  # a turned one is needed whole, see originals.py
    image.load()
    if decoder in ("WEBP", "AVIF"):
        image = image.copy()  # which lets go of the decoder: that holds the pixels up to thrice
    if image.mode == "P" and image.palette is None:
        raise MediaUnreadable("The image lacks its palette.")
    if decoder == "PNG":
        _scale_transparency(image, depth=clean[24])
    if decoder != "JPEG":
        width, height = image.size  # a GIF's first frame may be larger than its header says
        if width * height > max_pixels:
            raise _too_many(max_pixels)
    if turn in _SIDEWAYS:
        width, height = height, width
    return Picture(content_type, clean, image, turn, profile, width, height)


def _scale_transparency(image: Image.Image, depth: int) -> None:
    """Greys of few bits are read as of 8, but the one that is transparent is told as it stands."""
    clear = image.info.get("transparency")
    if image.mode in ("1", "L") and isinstance(clear, int) and depth < 8:
        image.info["transparency"] = clear * 255 // ((1 << depth) - 1)


def _too_many(max_pixels: int) -> MediaTooManyPixels:
    return MediaTooManyPixels(f"The image has more than the {max_pixels:,} pixels allowed.")


def _turn(exif: bytes | None) -> Image.Transpose | None:
    if not exif:
        return None
    tags = Image.Exif()
    try:
        tags.load(exif)
        return _TURN.get(tags.get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001  a picture with nonsense for EXIF is still a picture
        return None


def resizable(image: Image.Image) -> Image.Image:
    """The same picture in a mode whose pixels can be averaged: L, LA, RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):  # 16-bit greys, which convert() would clip
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


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture as RGB or, when any of it is transparent, RGBA, in the colours of the web."""
    if profile and image.mode in ("RGB", "RGBA", "CMYK"):
        image = _converted(image, profile)
    return image.convert("RGBA" if is_transparent(image) else "RGB")


def is_transparent(image: Image.Image) -> bool:
    """Whether anything shows through a picture that was made `resizable`."""
    return image.mode in ("LA", "RGBA") and image.getchannel("A").getextrema() != (255, 255)


def _converted(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        theirs = ImageCms.ImageCmsProfile(BytesIO(profile))
        ours = ImageCms.createProfile("sRGB")
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, theirs, ours, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a broken profile: its numbers are the best guess left


def on_white(image: Image.Image) -> Image.Image:
    """What a format without transparency shows."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper
