"""The rendition `original`: the picture as uploaded, without its metadata.

It is cut from the uploaded file without touching a pixel, wherever possible. Two pictures are
encoded again: one that would lose pixels by the cut (fidelity.py), and one that EXIF turns, because
without EXIF it would lie on its side:

- JPEG with its own quantisation tables, transposed, so that quality and size stay the same;
- PNG and lossless WebP lose nothing visible, other WebP little. Of an animation, which no camera
  turns, the first frame is kept.

HEIC, HEIF and AVIF become JPEG with their colour profile, because not every client can show them;
WebP, if any of it is transparent. Of several pictures in one such file the first is kept.
"""

from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, JpegImagePlugin

from media.errors import MediaUnreadable
from media.images.colours import is_transparent, on_white
from media.images.decoding import LONGEST_WEBP, Picture, resizable
from media.renditions import Rendition

_SUFFIX: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
}
_MOST_PIXELS: Final = 500_000_000  # of all frames of an animation that is encoded again
_MAX_PNG_PROFILE: Final = 1 << 20  # bytes; many decoders do not read a larger one


def write(picture: Picture, into: Path) -> Rendition:
    """Write `original.<suffix>`, in the type of the upload if every client can show it."""
    if picture.content_type not in _SUFFIX:
        return _write_converted(picture, into)
    path = into / f"original.{_SUFFIX[picture.content_type]}"
    if picture.turn is None or picture.content_type == "image/gif":  # GIF has no orientation
        if picture.is_cut_right:
            path.write_bytes(picture.clean)
        else:
            _write_repaired(picture, path)
    else:
        _write_encoded(picture, path)
    return Rendition(path, picture.content_type, picture.width, picture.height)


def _write_converted(picture: Picture, into: Path) -> Rendition:
    profile = picture.colours.profile
    shown = picture.turned(picture.colours.without_hdr(resizable(picture.image)))
    if is_transparent(shown) and max(shown.size) <= LONGEST_WEBP:
        path = into / "original.webp"
        shown.save(path, "WEBP", quality=92, method=2, icc_profile=profile or b"")
        return Rendition(path, "image/webp", picture.width, picture.height)
    path = into / "original.jpg"
    flat = on_white(shown)
    flat.save(path, "JPEG", quality=92, subsampling=0, icc_profile=profile)
    return Rendition(path, "image/jpeg", picture.width, picture.height)


def _write_encoded(picture: Picture, path: Path) -> None:
    whole, profile = picture.whole(), picture.colours.profile
    turned = picture.turned(whole)
    if isinstance(whole, JpegImagePlugin.JpegImageFile):
        # 4:2:0 is kept; 4:2:2 turned would be 4:4:0, which is not in use.
        subsampling = 2 if JpegImagePlugin.get_sampling(whole) == 2 else 0
        tables = {
            number: _transposed(table) if picture.sideways else table
            for number, table in whole.quantization.items()
        }
        turned.save(
            path,
            "JPEG",
            qtables=tables,
            subsampling=subsampling,
            icc_profile=profile,
            comment=b"",
        )
        return
    if picture.colours.hdr:
        turned = picture.colours.without_hdr(resizable(turned))
    elif profile and len(profile) > _MAX_PNG_PROFILE and picture.content_type == "image/png":
        turned, profile = picture.colours.in_srgb(resizable(turned)), None
    _save(turned, path, picture.content_type, profile, lossless=b"VP8L" in picture.clean[:64])


def _write_repaired(picture: Picture, path: Path) -> None:
    """Encode the picture again, all frames of an animation."""
    with Image.open(BytesIO(picture.uploaded)) as moving:
        frames = getattr(moving, "n_frames", 1)
        if frames == 1:
            _write_encoded(picture, path)
            return
        if frames * picture.width * picture.height > _MOST_PIXELS:
            raise MediaUnreadable("The animation is damaged.")
        durations = []
        for at in range(frames):
            moving.seek(at)
            durations.append(moving.info.get("duration", 0))
        moving.seek(0)
        moving.save(path, moving.format, save_all=True, duration=durations)


def _save(
    image: Image.Image, path: Path, content_type: str, profile: bytes | None, *, lossless: bool
) -> None:
    if content_type == "image/png":
        image.save(path, "PNG", icc_profile=profile)
    elif content_type == "image/gif":
        image.save(path, "GIF")
    else:
        image.save(path, "WEBP", lossless=lossless, quality=92, icc_profile=profile or b"")


def _transposed(table: list[int]) -> list[int]:
    return [table[8 * column + row] for row in range(8) for column in range(8)]
