"""The content type of an upload, determined by its bytes, not by its name or declared type."""

from pathlib import Path
from typing import Final

from media.errors import MediaTooLarge, MediaTypeMismatch, MediaUnreadable
from shared.config import config

IMAGE_TYPES: Final = frozenset(
    {
        *("image/jpeg", "image/png", "image/webp", "image/gif"),
        *("image/heic", "image/heif", "image/avif"),
    }
)
VIDEO_TYPES: Final = frozenset({"video/mp4", "video/quicktime", "video/webm", "video/x-matroska"})

_HEAD = 4096
_QUICKTIME_ATOMS = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_HEIF_BRANDS = {b"mif1", b"mif2", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}

# Never accepted; recognised to name the real type in the error.
_FOREIGN: Final = (
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\xff\x0a", "image/jxl"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"<svg", "image/svg+xml"),
    (b"<?xml", "application/xml"),
    (b"<!DOCTYPE", "text/html"),
    (b"<html", "text/html"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "application/ogg"),
    (b"fLaC", "audio/flac"),
    (b"#EXTM3U", "application/vnd.apple.mpegurl"),
)

# Not from `mimetypes`, whose answers depend on files of the machine.
_EXTENSIONS: Final = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "heic": "image/heic",
    "heif": "image/heif",
    "avif": "image/avif",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mkv": "video/x-matroska",
}


def type_of_name(filename: str) -> str | None:
    """The content type of a file name's extension."""
    _, dot, extension = filename.rpartition(".")
    return _EXTENSIONS.get(extension.lower()) if dot else None


def accepted_type(content_type: str | None, filename: str | None) -> tuple[str, str] | None:
    """The declared content type of a file, or else that of its name, and whether it is an `image`
    or a `video`; None for a type that is not accepted."""
    declared = content_type or (type_of_name(filename) if filename else None)
    plain = plain_type(declared or "")
    if plain == "image/jpg":  # not a registered type, but widely used
        plain = "image/jpeg"
    return (plain, plain.partition("/")[0]) if is_allowed(plain) else None


def is_allowed(content_type: str) -> bool:
    """Whether this deployment accepts files of this type."""
    subtype = content_type.partition("/")[2]
    if content_type in IMAGE_TYPES:
        return subtype in config.limits.allowed_image_types
    return content_type in VIDEO_TYPES and subtype in config.limits.allowed_video_types


def real_type(source: Path) -> str:
    """The content type according to the first bytes of the file."""
    with source.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise MediaUnreadable("The file is empty.")
    found = _sniff(head)
    if found is None:
        raise MediaUnreadable("The file is not an image or a video that we can read.")
    return found


def checked_type(source: Path, *, declared: str, accepted: frozenset[str], max_bytes: int) -> str:
    """The real type of a file, whatever it was declared as: phones and programs often give a wrong
    one. Raises a MediaError if it is too large, or of a type that is not accepted here."""
    size = source.stat().st_size
    if size > max_bytes:
        raise MediaTooLarge(f"The file has {size:,} bytes, more than the {max_bytes:,} allowed.")
    real, claimed = real_type(source), plain_type(declared)
    if real in accepted and (real == claimed or is_allowed(real)):
        return real
    if real in IMAGE_TYPES | VIDEO_TYPES and is_allowed(real):
        wanted = "a video" if accepted == VIDEO_TYPES else "an image"
        raise MediaTypeMismatch(f"The file was declared as {wanted} but is {real}.")
    raise MediaTypeMismatch(f"The file is {real}, which is not accepted.")


def plain_type(content_type: str) -> str:
    """A content type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def _sniff(head: bytes) -> str | None:
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if head.startswith(b"RIFF"):
        return {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/wav"}.get(
            head[8:12]
        )
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm" if b"\x42\x82\x84webm" in head else "video/x-matroska"
    if head[4:8] == b"ftyp":
        return _iso_type(head)
    if head[4:8] in _QUICKTIME_ATOMS:
        return "video/quicktime"  # QuickTime from before the ftyp box existed
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return next((kind for magic, kind in _FOREIGN if text.startswith(magic)), None)


def _iso_type(head: bytes) -> str:
    """ISO base media: the brands of the ftyp box distinguish images from videos."""
    box = head[8 : int.from_bytes(head[:4])]
    major = box[:4]
    brands = {major, *(box[i : i + 4] for i in range(8, len(box) - 3, 4))}
    if major in _HEIC_BRANDS | _HEIF_BRANDS | _AVIF_BRANDS:
        if brands & _AVIF_BRANDS:
            return "image/avif"
        return "image/heic" if brands & _HEIC_BRANDS else "image/heif"
    return "video/quicktime" if major == b"qt  " else "video/mp4"
