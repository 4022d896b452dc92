from pathlib import Path

import pytest

from media.errors import MediaTooLarge, MediaTypeMismatch, MediaUnreadable
from media.file_types import IMAGE_TYPES, VIDEO_TYPES, checked_type, real_type

EVERYTHING = IMAGE_TYPES | VIDEO_TYPES


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    body = b"ftyp" + major + b"\0\0\0\0" + b"".join(compatible)
    return (len(body) + 4).to_bytes(4) + body + b"\0\0\0\x08free"


HEADS = {
    "image/jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
    "image/png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "image/gif": b"GIF89a\x01\0\x01\0",
    "image/webp": b"RIFF\x24\0\0\0WEBPVP8 ",
    "image/heic": ftyp(b"mif1", b"mif1", b"heic"),
    "image/heif": ftyp(b"mif1", b"mif1", b"miaf"),
    "image/avif": ftyp(b"mif1", b"avif", b"heic"),
    "video/mp4": ftyp(b"isom", b"iso2", b"avc1", b"mp41"),
    "video/quicktime": ftyp(b"qt  ", b"qt  "),
    "video/webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm\x42\x87\x81\x04",
    "video/x-matroska": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x88matroska",
    "video/x-msvideo": b"RIFF\x24\0\0\0AVI LIST",
    "application/vnd.apple.mpegurl": b"#EXTM3U\n#EXT-X-VERSION:3\nfile:///etc/passwd",
    "image/svg+xml": b"\xef\xbb\xbf\n<svg xmlns='http://www.w3.org/2000/svg'>",
    "text/html": b"<!DOCTYPE html><script>",
}


@pytest.mark.parametrize(("content_type", "head"), HEADS.items())
def test_bytes_determine_the_type_whatever_the_name(
    tmp_path: Path, content_type: str, head: bytes
) -> None:
    source = tmp_path / "holiday.jpg"
    source.write_bytes(head)
    assert real_type(source) == content_type


@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        (ftyp(b"heic", b"mif1", b"heic"), "image/heic"),
        (ftyp(b"msf1", b"hevc"), "image/heic"),
        (ftyp(b"mp42", b"mp42", b"heic"), "video/mp4"),  # the major brand decides
        (b"\0\0\0\x08wide\0\0\0\0mdat", "video/quicktime"),
        (b"GIF87a\x01\0\x01\0", "image/gif"),
    ],
)
def test_variants_of_the_same_type(tmp_path: Path, head: bytes, content_type: str) -> None:
    source = tmp_path / "upload"
    source.write_bytes(head)
    assert real_type(source) == content_type


@pytest.mark.parametrize("content", [b"", b"hello", b"\0" * 64, b"RIFF\0\0\0\0ABCD", b"\xff\xd8"])
def test_neither_image_nor_video(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "upload"
    source.write_bytes(content)
    with pytest.raises(MediaUnreadable) as caught:
        real_type(source)
    assert caught.value.code == "media_unreadable"


@pytest.mark.parametrize("declared", [*HEADS, "IMAGE/JPG; q=1", "", "nonsense"])
@pytest.mark.parametrize("accepted", [IMAGE_TYPES, VIDEO_TYPES], ids=["image", "video"])
def test_a_file_is_what_its_bytes_are(
    tmp_path: Path, declared: str, accepted: frozenset[str]
) -> None:
    for real in accepted:
        source = tmp_path / "upload"
        source.write_bytes(HEADS[real])
        assert checked_type(source, declared=declared, accepted=accepted, max_bytes=1000) == real


@pytest.mark.parametrize(
    ("accepted", "real"),
    [
        (VIDEO_TYPES, "image/heic"),
        (IMAGE_TYPES, "video/mp4"),
        (VIDEO_TYPES, "application/vnd.apple.mpegurl"),
        (IMAGE_TYPES, "image/svg+xml"),
        (IMAGE_TYPES, "text/html"),
    ],
)
def test_a_wrong_kind_is_named(tmp_path: Path, accepted: frozenset[str], real: str) -> None:
    source = tmp_path / "upload"
    source.write_bytes(HEADS[real])
    for declared in (real, next(iter(accepted))):
        with pytest.raises(MediaTypeMismatch, match=real.replace("+", r"\+")) as caught:
            checked_type(source, declared=declared, accepted=accepted, max_bytes=1000)
        assert caught.value.code == "media_type_mismatch"


def test_a_type_that_the_deployment_does_not_allow_is_refused(
    tmp_path: Path, settings: pytest.MonkeyPatch
) -> None:
    """Unless its form was for that type: then it was allowed a moment ago."""
    settings.setenv("ALLOWED_IMAGE_TYPES", "jpeg,png")
    source = tmp_path / "upload"
    source.write_bytes(HEADS["image/webp"])
    given = {"accepted": IMAGE_TYPES, "max_bytes": 1000}
    with pytest.raises(MediaTypeMismatch, match="image/webp, which is not accepted"):
        checked_type(source, declared="image/jpeg", **given)
    assert checked_type(source, declared="image/webp", **given) == "image/webp"


def test_size_is_checked_before_anything_is_read(tmp_path: Path) -> None:
    source = tmp_path / "upload"
    source.write_bytes(b"x" * 1001)
    with pytest.raises(MediaTooLarge, match=r"1,001 bytes.* 1,000 allowed") as caught:
        checked_type(source, declared="image/png", accepted=EVERYTHING, max_bytes=1000)
    assert caught.value.code == "media_too_large"
