from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageSequence

from media.errors import MediaUnreadable
from media.images import icc_profiles
from media.images.metadata import without_metadata
from tests.unit.media.samples import (
    SECRET,
    exif,
    four_corners,
    photo,
    png,
    saved,
    swapped_profile,
)


def pixels(data: bytes) -> list[bytes]:
    with Image.open(BytesIO(data)) as image:
        return [frame.convert("RGBA").tobytes() for frame in ImageSequence.Iterator(image)]


def info(data: bytes) -> dict[str, object]:
    with Image.open(BytesIO(data)) as image:
        image.load()
        return {str(key): value for key, value in image.info.items()}


def test_jpeg_loses_everything_but_its_pixels(tmp_path: Path) -> None:
    dirty = photo(tmp_path / "photo.jpg").read_bytes()
    assert dirty.count(SECRET) >= 5  # camera, thumbnail, comment, XMP, IPTC, appended clip
    clean = without_metadata(dirty, "image/jpeg")
    assert SECRET not in clean
    assert b"Exif" not in clean
    assert clean.endswith(b"\xff\xd9")
    assert pixels(clean) == pixels(dirty)


@pytest.mark.parametrize("settings", [{"progressive": True}, {"restart_marker_blocks": 4}, {}])
def test_jpeg_keeps_its_profile_and_scans(tmp_path: Path, settings: dict[str, int]) -> None:
    profile = swapped_profile()
    path = tmp_path / "photo.jpg"
    saved(four_corners(), path, "JPEG", icc_profile=profile, exif=exif(), **settings)
    dirty = path.read_bytes()
    clean = without_metadata(dirty, "image/jpeg")
    assert info(clean)["icc_profile"] == icc_profiles.plain(profile)
    assert SECRET not in clean
    assert "exif" not in info(clean)
    assert pixels(clean) == pixels(dirty)


def test_jpeg_keeps_the_mark_that_says_how_cmyk_is_coded(tmp_path: Path) -> None:
    path = saved(four_corners(mode="CMYK"), tmp_path / "print.jpg", "JPEG", comment=SECRET)
    clean = without_metadata(path.read_bytes(), "image/jpeg")
    assert SECRET not in clean
    assert info(clean)["adobe"] == info(path.read_bytes())["adobe"]
    assert pixels(clean) == pixels(path.read_bytes())


def test_jpeg_loses_the_thumbnail_in_its_first_segment(tmp_path: Path) -> None:
    path = saved(four_corners(), tmp_path / "photo.jpg", "JPEG")
    data = path.read_bytes()
    assert data[2:4] == b"\xff\xe0"
    thumbnail = b"\1\1" + SECRET[:3]
    dirty = data[:4] + (16 + 3).to_bytes(2) + data[6:18] + thumbnail + data[20:]
    clean = without_metadata(dirty, "image/jpeg")
    assert clean == data


def test_a_jpeg_without_pixels_is_refused(tmp_path: Path) -> None:
    data = saved(four_corners(), tmp_path / "photo.jpg", "JPEG").read_bytes()
    for cut in (len(data) - data.index(b"\xff\xda"), len(data) - 10):
        with pytest.raises(MediaUnreadable):
            without_metadata(data[:-cut], "image/jpeg")


def test_a_jpeg_of_a_thousand_scans_is_refused(tmp_path: Path) -> None:
    data = saved(four_corners(), tmp_path / "photo.jpg", "JPEG").read_bytes()
    scan = data[data.index(b"\xff\xda") : -2]
    with pytest.raises(MediaUnreadable, match="too many scans"):
        without_metadata(data[:-2] + scan * 1000 + b"\xff\xd9", "image/jpeg")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L"])
def test_png_loses_text_and_exif(tmp_path: Path, mode: str) -> None:
    dirty = png(tmp_path / "drawing.png", four_corners(mode=mode)).read_bytes()
    assert dirty.count(SECRET) >= 4
    clean = without_metadata(dirty, "image/png")
    assert SECRET not in clean
    assert pixels(clean) == pixels(dirty)


def animation(path: Path, kind: str, **settings: object) -> Path:
    frames = [four_corners().rotate(angle) for angle in (0, 90, 180)]
    return saved(
        frames[0],
        path,
        kind,
        save_all=True,
        append_images=frames[1:],
        duration=[100, 200, 300],
        loop=0,
        **settings,
    )


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("PNG", {"exif": exif()}),
        ("WEBP", {"exif": exif(), "xmp": SECRET, "icc_profile": swapped_profile()}),
        ("GIF", {"comment": SECRET}),
    ],
)
def test_animations_stay_animated(tmp_path: Path, kind: str, settings: dict[str, object]) -> None:
    dirty = animation(tmp_path / "animation", kind, **settings).read_bytes()
    clean = without_metadata(dirty, f"image/{kind.lower()}")
    for name in ("exif", "xmp", "comment"):
        assert name not in info(clean)
    assert len(pixels(clean)) == 3
    assert pixels(clean) == pixels(dirty)
    assert info(clean)["loop"] == 0
    assert SECRET not in clean
    if profile := info(dirty).get("icc_profile"):
        assert info(clean)["icc_profile"] == icc_profiles.plain(profile)  # type: ignore[arg-type]


def test_webp_loses_exif_and_xmp_and_does_not_announce_them(tmp_path: Path) -> None:
    path = tmp_path / "photo.webp"
    saved(four_corners(mode="RGBA"), path, "WEBP", exif=exif(), xmp=SECRET)
    dirty = path.read_bytes() + SECRET
    clean = without_metadata(dirty, "image/webp")
    assert SECRET not in clean
    assert clean[20] & 0b1100 == 0
    assert int.from_bytes(clean[4:8], "little") == len(clean) - 8
    assert pixels(clean) == pixels(dirty)


def test_gif_loses_comments_and_unknown_extensions(tmp_path: Path) -> None:
    data = animation(tmp_path / "animation.gif", "GIF", comment=SECRET).read_bytes()
    xmp = b"\x21\xff\x0bXMP DataXMP" + bytes([len(SECRET)]) + SECRET + b"\0"
    dirty = data[:-1] + xmp + b"\x3b" + SECRET
    clean = without_metadata(dirty, "image/gif")
    assert SECRET not in clean
    assert b"NETSCAPE2.0" in clean
    assert pixels(clean) == pixels(dirty)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9])
def test_cut_files_are_refused_or_shortened_but_never_hang(
    tmp_path: Path, kind: str, cut: float
) -> None:
    data = saved(four_corners(), tmp_path / "whole", kind).read_bytes()
    part = data[: int(len(data) * cut)]
    try:
        clean = without_metadata(part, f"image/{kind.lower()}")
    except MediaUnreadable:
        return
    assert len(clean) <= len(part) + 16  # a checksum and an end
