"""The colours of a picture: what its file declares, and how they become those of the web."""

import struct
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageCms

from media.images import code_points, heif_boxes, icc_profiles
from media.images.code_points import SRGB
from media.images.containers import png_chunks
from media.images.metadata import profile_of

_SPACES: Final = {
    **dict.fromkeys(("RGB", "RGBA"), b"RGB "),
    **dict.fromkeys(("L", "LA"), b"GRAY"),
    "CMYK": b"CMYK",
}
_PNG_COLOURS: Final = {b"cICP", b"sRGB", b"gAMA", b"cHRM"}
_GAMMA_OF_SRGB: Final = 45455  # × 100,000


@dataclass(frozen=True, slots=True)
class Colours:
    """What the numbers of a picture's pixels mean: those of the web, unless something is given."""

    profile: bytes | None = None  # ICC
    hdr: tuple[int, int] | None = None  # primaries and transfer of ITU-T H.273; without a profile

    def in_srgb(self, image: Image.Image) -> Image.Image:
        """The picture in sRGB: as RGB or, if any of it is transparent, as RGBA."""
        if self.hdr:
            image = code_points.to_sdr(image.convert(_with_alpha(image)), *self.hdr)
        elif self.profile:
            image = _converted_to_srgb(image, self.profile)
        return image.convert("RGBA" if is_transparent(image) else "RGB")

    def without_hdr(self, image: Image.Image) -> Image.Image:
        """The picture for an encoder that can declare nothing but `profile`."""
        return self.in_srgb(image) if self.hdr else image


def declared(data: bytes, content_type: str, image: Image.Image) -> Colours:
    """The colours that a file declares; `image` is what Pillow read of it. In a PNG numbers come
    before a profile, in HEIC and AVIF after it."""
    profile = icc_profiles.plain(
        profile_of(data, content_type) or image.info.get("icc_profile") or b""
    )
    if content_type == "image/png":
        return _of_png(data, profile)
    numbers = None
    if content_type in ("image/heic", "image/heif", "image/avif") and profile is None:
        numbers = heif_boxes.code_points(data)
    return _of_numbers(*numbers) if numbers else Colours(profile)


def _of_numbers(primaries: int, transfer: int) -> Colours:
    if code_points.is_hdr(transfer):
        return Colours(hdr=(primaries, transfer))
    return Colours(code_points.profile(primaries, transfer))


def _of_png(data: bytes, profile: bytes | None) -> Colours:
    chunks = {kind: body for kind, body in png_chunks(data) if kind in _PNG_COLOURS}
    if len(numbers := chunks.get(b"cICP", b"")) == 4:
        return _of_numbers(numbers[0], numbers[1])
    if profile or b"sRGB" in chunks or len(chunks.get(b"gAMA", b"")) != 4:
        return Colours(profile)
    gamma = int.from_bytes(chunks[b"gAMA"])
    primaries = SRGB
    if len(chunks.get(b"cHRM", b"")) == 32:
        white_x, white_y, *rgb = (
            value / 100_000 for value in struct.unpack(">8I", chunks[b"cHRM"])
        )
        primaries = (*rgb, white_x, white_y)
    if abs(gamma - _GAMMA_OF_SRGB) < 1000:
        near = all(abs(a - b) < 0.002 for a, b in zip(primaries, SRGB, strict=True))
        return Colours(None if near else _profile_or_none(primaries, None))
    return Colours(_profile_or_none(primaries, 100_000 / gamma if gamma else None))


def _profile_or_none(primaries: code_points.Chromaticities, gamma: float | None) -> bytes | None:
    try:
        return code_points.profile_of(primaries, gamma)
    except (ZeroDivisionError, struct.error):  # colours that no light has
        return None


def is_transparent(image: Image.Image) -> bool:
    """Whether any pixel of a `resizable` picture is transparent."""
    return image.mode in ("LA", "RGBA") and image.getchannel("A").getextrema() != (255, 255)


def _with_alpha(image: Image.Image) -> str:
    return "RGBA" if image.mode in ("LA", "RGBA") else "RGB"


def _converted_to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    space = icc_profiles.space(profile)
    if space == b"RGB " and image.mode in ("L", "LA"):
        image = image.convert(_with_alpha(image))
    if space != _SPACES[image.mode]:
        return image  # a profile of other colours than the pixels: browsers ignore it, too
    try:
        alpha = image.getchannel("A") if image.mode == "LA" else None
        grey = image.getchannel("L") if alpha else image
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        converted = ImageCms.profileToProfile(grey, source, target, outputMode=mode) or grey
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a broken profile: take the numbers as sRGB
    if alpha:
        converted.putalpha(alpha)
    return converted


def on_white(image: Image.Image) -> Image.Image:
    """The picture on a white background, for formats without transparency."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    background = Image.new("RGB", image.size, "white")
    background.paste(image, mask=image.getchannel("A"))
    return background
