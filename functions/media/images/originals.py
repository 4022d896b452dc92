"""The rendition `original`: the picture as uploaded, without its metadata.

It is cut from the uploaded file without touching a pixel, wherever possible. Only a picture that
EXIF turns is encoded again, because without EXIF it would lie on its side:

- JPEG with its own quantisation tables, transposed, so that quality and size stay the same;
- PNG and lossless WebP lose nothing visible, other WebP little. Of an animation, which no camera
  turns, the first frame is kept.

HEIC, HEIF and AVIF become JPEG with their colour profile, because not every client can show them;
WebP, if any of it is transparent. Of several pictures in one such file the first is kept.
"""

from pathlib import Path
from typing import Final

from PIL import JpegImagePlugin

from media.images.decoding import LONGEST_WEBP, Picture, is_transparent, on_white, resizable
from media.renditions import Rendition

_SUFFIX: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
}


def write(picture: Picture, into: Path) -> Rendition:
    """Write `original.<suffix>`, in the type of the upload if every client can show it."""
    if picture.content_type not in _SUFFIX:
        return _write_converted(picture, into)
    path = into / f"original.{_SUFFIX[picture.content_type]}"
    if picture.turn is None or picture.content_type == "image/gif":  # GIF has no orientation
        path.write_bytes(picture.clean)
    else:
        _write_turned(picture, path)
    return Rendition(path, picture.content_type, picture.width, picture.height)


def _write_converted(picture: Picture, into: Path) -> Rendition:
    shown = picture.turned(resizable(picture.image))
    if is_transparent(shown) and max(shown.size) <= LONGEST_WEBP:
        path = into / "original.webp"
        shown.save(path, "WEBP", quality=92, method=2, icc_profile=picture.profile or b"")
        return Rendition(path, "image/webp", picture.width, picture.height)
    path = into / "original.jpg"
    flat = on_white(shown)
    flat.save(path, "JPEG", quality=92, subsampling=0, icc_profile=picture.profile)
    return Rendition(path, "image/jpeg", picture.width, picture.height)


def _write_turned(picture: Picture, path: Path) -> None:
    turned = picture.turned(picture.image)
    if isinstance(picture.image, JpegImagePlugin.JpegImageFile):
        # 4:2:0 is kept; 4:2:2 turned would be 4:4:0, which is not in use.
        subsampling = 2 if JpegImagePlugin.get_sampling(picture.image) == 2 else 0
        tables = {
            number: _transposed(table) if picture.sideways else table
            for number, table in picture.image.quantization.items()
        }
        turned.save(
            path,
            "JPEG",
            qtables=tables,
            subsampling=subsampling,
            icc_profile=picture.profile,
            comment=b"",
        )
    elif picture.content_type == "image/png":
        turned.save(path, "PNG", icc_profile=picture.profile)
    else:
        lossless = b"VP8L" in picture.clean[:64]
        turned.save(path, "WEBP", lossless=lossless, quality=92, icc_profile=picture.profile or b"")


def _transposed(table: list[int]) -> list[int]:
    return [table[8 * column + row] for row in range(8) for column in range(8)]
