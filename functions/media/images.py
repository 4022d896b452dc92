"""Photographs: every size and format that is served, made from one upload in one decode.

What each rule rests on:

- Sizes. `1080`, `640` and `320` are widths. Nothing is upscaled: a size wider than the picture is
  the picture's own width, so a 500 px photo has one 500 px file under `1080` and `640`. The ratio
  is kept; no side exceeds 16,383 px (WebP's limit), so an extremely tall picture is narrower.
- `original` is the uploaded file less its metadata, cut out without touching a pixel. Only a
  picture that relies on EXIF to be turned is re-encoded, because without EXIF it would lie on its
  side: a JPEG on its own quantisation tables, which costs next to nothing in quality and size.
  HEIC becomes JPEG, since few clients show HEIC. Animated GIF and WebP stay animated.
- `original` has no WebP of its own: the WebP under that key is the largest one made. One of full
  size would cost more than all other files together, and nobody looks at it.
- Colours. Sizes are converted to sRGB and carry no profile, so they look right in clients that
  ignore profiles, and a 500 KB CMYK profile never lands in a 30 KB picture. `original` keeps its.
- Transparency is kept in WebP and laid on white in JPEG. Of an animation, sizes show frame one.
"""

import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import ExifTags, Image, ImageCms, JpegImagePlugin

from media import blurhashes
from media.errors import MediaError, MediaTooManyPixels, MediaUnreadable
from media.formats import IMAGE_TYPES, checked_type
from media.metadata import without_metadata
from media.renditions import Rendition

WIDTHS: Final = (1080, 640, 320)
_LONGEST_SIDE = 16_383
_PILLOW: Final = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/heic": "HEIF",
    "image/heif": "HEIF",
}
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
_SIDEWAYS: Final = (5, 6, 7, 8)


@dataclass(frozen=True, slots=True)
class RenderedImage:
    """The files of one picture. Width and height are of the original as shown, in pixels.

    The keys of both maps are `original`, `1080`, `640`, `320`; several keys may share one file.
    """

    content_type: str  # what was uploaded
    width: int
    height: int
    blurhash: str
    variants: dict[str, Rendition]
    variants_webp: dict[str, Rendition]

    @property
    def files(self) -> list[Rendition]:
        """Each file once."""
        made = [*self.variants.values(), *self.variants_webp.values()]
        return list({rendition.path: rendition for rendition in made}.values())


def render(
    source: Path, into: Path, *, declared: str, max_bytes: int, max_pixels: int
) -> RenderedImage:
    """Write every rendition of the picture `source` into the directory `into`.

    Raises a MediaError for a file that is no such picture, is damaged, or breaks a bound.
    """
    content_type = checked_type(
        source, declared=declared, accepted=IMAGE_TYPES, max_bytes=max_bytes
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Pillow warns of is either refused here or harmless
        picture = _readable(lambda: _Picture(source, content_type, max_pixels))
        with ThreadPoolExecutor(2) as pool:  # Pillow lets go of the GIL while it codes
            original = pool.submit(picture.write_original, into)
            return picture.write_sizes(into, pool, original.result)


class _Picture:
    """One decoded upload: `image` as stored, not yet turned, perhaps already decoded smaller."""

    def __init__(self, source: Path, content_type: str, max_pixels: int) -> None:
        data = source.read_bytes()
        self.content_type = content_type
        with _opened(data, content_type) as header:
            width, height = header.size
            if width * height > max_pixels:
                raise MediaTooManyPixels(
                    f"The image has {width * height:,} pixels, more than the {max_pixels:,} allowed."
                )
            self.turn = _orientation(header.info.get("exif"))
        self.is_heif = _PILLOW[content_type] == "HEIF"
        self.clean = data if self.is_heif else without_metadata(data, content_type)
        self.image = _opened(self.clean, content_type)
        self.profile: bytes | None = self.image.info.get("icc_profile")
        if content_type == "image/jpeg":
            # Upright, only the sizes need pixels, and the decoder can skip most of them. Turned,
            # the original needs them all, in the colours of the file.
            self.image.draft("YCbCr", self.image.size if self.turn in _TURN else self._target())
        self.image.load()
        # GIF and HEIF tell their true size only here.
        width, height = self.image.size if content_type != "image/jpeg" else (width, height)
        self.size = (height, width) if self.turn in _SIDEWAYS else (width, height)

    def _target(self) -> tuple[int, int]:
        width, height = self.image.size
        return _fitted(width, height, WIDTHS[0])

    def write_original(self, into: Path) -> Rendition:
        """The upload without metadata."""
        width, height = self.size
        if self.turn not in _TURN and not self.is_heif:
            suffix = _PILLOW[self.content_type].lower()
            path = into / f"original.{suffix}"
            path.write_bytes(self.clean)
            return Rendition(path, self.content_type, width, height)
        return Rendition(*self._reencoded(into), width, height)

    def _reencoded(self, into: Path) -> tuple[Path, str]:
        turned = _turned(self.image, self.turn)
        turned.info = {}
        profile = self.profile or b""
        if self.content_type == "image/png":
            path = into / "original.png"
            turned.save(path, "PNG", icc_profile=profile or None)
        elif self.content_type == "image/webp":
            path = into / "original.webp"
            lossless = b"VP8L" in self.clean[:64]
            turned.save(path, "WEBP", lossless=lossless, quality=92, method=2, icc_profile=profile)
        elif isinstance(self.image, JpegImagePlugin.JpegImageFile):
            path = into / "original.jpg"
            turned.save(
                path,
                "JPEG",
                qtables=_turned_tables(self.image.quantization, self.turn),
                subsampling=2 if JpegImagePlugin.get_sampling(self.image) == 2 else 0,
                icc_profile=profile,
            )
        else:
            path = into / "original.jpg"
            _on_white(turned).save(path, "JPEG", quality=92, subsampling=0, icc_profile=profile)
        return path, f"image/{_PILLOW_SUFFIX[path.suffix]}"

    def write_sizes(
        self, into: Path, pool: ThreadPoolExecutor, original: Callable[[], Rendition]
    ) -> RenderedImage:
        """Each size from the one above, each in both formats."""
        raise NotImplementedError
