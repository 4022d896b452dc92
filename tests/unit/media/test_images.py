import math
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import blurhash
import pillow_heif
import pytest
from PIL import Image, ImageChops, ImageStat

from media.errors import (
    MediaTooLarge,
    MediaTooManyPixels,
)
from media.images import icc_profiles, rendering
from media.images.rendering import RenderedImage
from tests.unit.media.samples import (
    CORNERS,
    SECRET,
    corners,
    exif,
    four_corners,
    photo,
    png,
    print_profile,
    saved,
    swapped_profile,
    wide_profile,
)

type Render = Callable[..., RenderedImage]


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """Render a file into a folder of its own."""
    into = tmp_path / "made"
    into.mkdir()

    def run(source: Path, declared: str = "image/jpeg", **bounds: int) -> RenderedImage:
        bounds = {"max_bytes": 20_000_000, "max_pixels": 50_000_000} | bounds
        return rendering.render(source, into, declared=declared, **bounds)

    return run


def difference(one: Path, other: Image.Image) -> float:
    """PSNR in decibels."""
    with Image.open(one) as image:
        changed = ImageStat.Stat(ImageChops.difference(image.convert("RGB"), other.convert("RGB")))
    mean = sum(changed.sum2) / sum(changed.count)
    return 10 * math.log10(255**2 / mean) if mean else math.inf


def test_every_size_in_both_formats(tmp_path: Path, render: Render) -> None:
    made = render(photo(tmp_path / "photo", size=(1600, 1200)))
    assert (made.content_type, made.width, made.height) == ("image/jpeg", 1600, 1200)
    expected = {
        "original": (1600, 1200),
        "1080": (1080, 810),
        "640": (640, 480),
        "320": (320, 240),
    }
    assert {key: (file.width, file.height) for key, file in made.variants.items()} == expected
    expected["original"] = expected["1080"]
    assert {key: (file.width, file.height) for key, file in made.variants_webp.items()} == expected
    for file in made.files:
        with Image.open(file.path) as image:
            assert image.size == (file.width, file.height)
            assert Image.MIME[image.format or ""] == file.content_type
        assert corners(file.path) == list(CORNERS)
        assert file.size == file.path.stat().st_size > 0
    assert sorted(file.path for file in made.files) == sorted((tmp_path / "made").iterdir())
    assert len(made.files) == 7


def test_sizes_are_progressive_jpeg_of_quality_85(tmp_path: Path, render: Render) -> None:
    made = render(photo(tmp_path / "photo", size=(1600, 1200)))
    reference = tmp_path / "reference.jpg"
    four_corners().save(reference, "JPEG", quality=85)
    with Image.open(reference) as image:
        tables = image.quantization  # type: ignore[attr-defined]
    for key in ("1080", "640", "320"):
        with Image.open(made.variants[key].path) as image:
            assert image.info["progressive"]
            assert image.quantization == tables  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("size", "widths", "files"),
    [
        ((500, 300), {"original": 500, "1080": 500, "640": 500, "320": 320}, 5),
        ((200, 300), {"original": 200, "1080": 200, "640": 200, "320": 200}, 3),
        ((1, 1), {"original": 1, "1080": 1, "640": 1, "320": 1}, 3),
        ((1080, 2), {"original": 1080, "1080": 1080, "640": 640, "320": 320}, 7),
    ],
)
def test_nothing_is_upscaled(
    tmp_path: Path, render: Render, size: tuple[int, int], widths: dict[str, int], files: int
) -> None:
    made = render(photo(tmp_path / "photo", size=size))
    assert {key: file.width for key, file in made.variants.items()} == widths
    assert {key: file.width for key, file in made.variants_webp.items()} == widths
    assert len(made.files) == files


def test_extremely_tall_pictures_fit_into_webp(tmp_path: Path, render: Render) -> None:
    made = render(saved(four_corners(100, 20_000), tmp_path / "tall", "PNG"), "image/png")
    assert (made.variants["320"].width, made.variants["320"].height) == (82, 16_383)
    assert (made.variants["original"].width, made.variants["original"].height) == (100, 20_000)


def test_no_file_reveals_where_and_with_what_it_was_taken(tmp_path: Path, render: Render) -> None:
    for file in render(photo(tmp_path / "photo", size=(1600, 1200))).files:
        data = file.path.read_bytes()
        assert SECRET not in data
        assert b"Exif" not in data
        assert b"EXIF" not in data


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_pictures_are_turned_as_they_were_taken(
    tmp_path: Path, render: Render, kind: str, orientation: int
) -> None:
    """By EXIF; HEIC and AVIF by `irot` and `imir`, into which they are written here."""
    pillow_heif.register_heif_opener()
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = four_corners(400, 240)
    if orientation in turns:
        stored = stored.transpose(turns[orientation])
    settings = {"lossless": True} if kind in ("PNG", "WEBP") else {"quality": 90}
    source = saved(stored, tmp_path / "upload", kind, exif=exif(orientation), **settings)
    made = render(source, f"image/{kind.lower()}")
    assert (made.width, made.height) == (400, 240)
    for file in made.files:
        assert corners(file.path) == list(CORNERS)
        with Image.open(file.path) as image:
            assert "exif" not in image.info
    original = "image/jpeg" if kind in ("HEIF", "AVIF") else f"image/{kind.lower()}"
    assert made.variants["original"].content_type == original
    assert difference(made.variants["original"].path, four_corners(400, 240)) > 26


def test_upright_original_is_the_same_picture_byte_for_byte(tmp_path: Path, render: Render) -> None:
    source = photo(tmp_path / "photo", size=(1603, 1201))
    original = render(source).variants["original"].path
    with Image.open(source) as before, Image.open(original) as after:
        assert before.tobytes() == after.tobytes()


@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_turning_a_jpeg_loses_almost_nothing(
    tmp_path: Path, render: Render, subsampling: int
) -> None:
    noise = Image.effect_noise((800, 608), 40).convert("RGB")
    mixed = Image.blend(four_corners(800, 608), noise, 0.3)
    source = tmp_path / "photo"
    saved(mixed, source, "JPEG", quality=88, subsampling=subsampling, exif=exif(6))
    with Image.open(source) as image:
        expected = image.transpose(Image.Transpose.ROTATE_270)
    original = render(source).variants["original"]
    assert difference(original.path, expected) > 44
    assert 0.9 < original.size / source.stat().st_size < 1.35


def test_transparency_is_kept_in_webp_and_white_in_jpeg(tmp_path: Path, render: Render) -> None:
    image = Image.new("RGBA", (700, 700), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 350, 700, 700))
    made = render(png(tmp_path / "sticker", image), "image/png")
    with Image.open(made.variants["640"].path) as jpeg:
        assert jpeg.mode == "RGB"
        assert jpeg.getpixel((320, 100)) == (255, 255, 255)
    with Image.open(made.variants_webp["640"].path) as webp:
        assert webp.mode == "RGBA"
        assert webp.getchannel("A").getextrema() == (0, 255)
    with Image.open(made.variants["original"].path) as original:
        assert original.mode == "RGBA"


@pytest.mark.parametrize(
    "image",
    [
        four_corners(700, 500, "P"),
        four_corners(700, 500, "CMYK"),
        four_corners(700, 500, "RGBA"),
    ],
    ids=["palette", "print", "opaque"],
)
def test_colours_survive_every_way_of_storing_them(
    tmp_path: Path, render: Render, image: Image.Image
) -> None:
    kind = "JPEG" if image.mode == "CMYK" else "PNG"
    made = render(saved(image, tmp_path / "upload", kind), f"image/{kind.lower()}")
    for file in made.files:
        assert corners(file.path) == list(CORNERS)
    with Image.open(made.variants_webp["640"].path) as webp:
        assert webp.mode == "RGB"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def raw_png(path: Path, depth: int, colours: int, row: bytes, *more: bytes, width: int) -> Path:
    """A PNG of this row 16 times, with further chunks before its pixels."""
    head = struct.pack(">IIBBBBB", width, 16, depth, colours, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress((b"\0" + row) * 16))
    parts = [chunk(b"IHDR", head), *more, pixels, chunk(b"IEND", b"")]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    return path


@pytest.mark.parametrize(
    ("depth", "colours", "left", "right", "clear"),
    [
        (1, 0, b"\xff", b"\0", struct.pack(">H", 1)),
        (2, 0, b"\xff", b"\0", struct.pack(">H", 3)),
        (4, 0, b"\xff", b"\0", struct.pack(">H", 15)),
        (8, 0, b"\xff", b"\0", struct.pack(">H", 255)),
        (16, 0, b"\xfe\xff", b"\0\0", struct.pack(">H", 0xFEFF)),
        (8, 2, b"\xff\0\0", b"\0\0\0", struct.pack(">3H", 255, 0, 0)),
        (16, 2, b"\xff\xff\0\0\0\0", b"\0" * 6, struct.pack(">3H", 65535, 0, 0)),
        (16, 4, b"\xff\xff\0\0", b"\0\0\xff\xff", b""),
        (16, 6, b"\xff\xff" * 3 + b"\0\0", b"\0" * 6 + b"\xff\xff", b""),
    ],
)
def test_a_png_is_transparent_in_every_way_it_can_be(
    tmp_path: Path,
    render: Render,
    depth: int,
    colours: int,
    left: bytes,
    right: bytes,
    clear: bytes,
) -> None:
    """Its left half is clear, its right half is black."""
    units = 2 if depth < 8 else 16  # of a row's half: bytes of several pixels, or pixels
    more = [chunk(b"tRNS", clear)] if clear else []
    width = 32 // depth if depth < 8 else 32
    row = left * units + right * units
    source = raw_png(tmp_path / "upload", depth, colours, row, *more, width=width)
    made = render(source, "image/png")
    with Image.open(made.variants_webp["320"].path) as webp:
        alpha = webp.getchannel("A")
    assert alpha.getpixel((0, 8)) < 30  # type: ignore[operator]
    assert alpha.getpixel((width - 1, 8)) > 225  # type: ignore[operator]
    with Image.open(made.variants["320"].path) as jpeg:
        grey = jpeg.convert("L")
    assert grey.getpixel((0, 8)) > 200  # type: ignore[operator]
    assert grey.getpixel((width - 1, 8)) < 60  # type: ignore[operator]


@pytest.mark.parametrize("position", ["before", "after"])
def test_a_png_is_turned_wherever_its_exif_is(
    tmp_path: Path, render: Render, position: str
) -> None:
    turned = four_corners(400, 240).transpose(Image.Transpose.ROTATE_90)
    data = saved(turned, tmp_path / "upload", "PNG").read_bytes()
    at = data.index(b"IDAT" if position == "before" else b"IEND") - 4
    orientation = chunk(b"eXIf", exif(6).removeprefix(b"Exif\0\0"))
    (tmp_path / "upload").write_bytes(data[:at] + orientation + data[at:])
    made = render(tmp_path / "upload", "image/png")
    assert (made.width, made.height) == (400, 240)
    assert corners(made.variants["320"].path) == list(CORNERS)


def test_an_interlaced_png(tmp_path: Path, render: Render) -> None:
    """One pixel: of the seven passes only the first has anything."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 1))
    body = chunk(b"IDAT", zlib.compress(b"\0\0\0\xff"))
    source = tmp_path / "upload"
    source.write_bytes(b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b""))
    with Image.open(render(source, "image/png").variants["320"].path) as jpeg:
        assert jpeg.convert("RGB").getpixel((0, 0)) == pytest.approx((0, 0, 254), abs=3)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16"])
def test_greys(tmp_path: Path, render: Render, mode: str) -> None:
    if mode == "I;16":
        ramp = [round(at / 255 * 65_535) for at in range(256)] * 256
        image = Image.new("I;16", (256, 256))
        image.putdata(ramp)
    else:
        image = Image.linear_gradient("L").rotate(90).convert(mode)
    made = render(saved(image, tmp_path / "upload", "PNG"), "image/png")
    with Image.open(made.variants["320"].path) as jpeg:
        ends = jpeg.convert("L").getpixel((2, 128)), jpeg.convert("L").getpixel((253, 128))
        middle = ImageStat.Stat(jpeg.convert("L").crop((118, 60, 138, 196))).mean[0]
    assert ends[0] < 24  # type: ignore[operator]
    assert ends[1] > 232  # type: ignore[operator]
    assert middle == pytest.approx(128, abs=10)


def test_colours_of_a_profile_become_those_of_the_web(tmp_path: Path, render: Render) -> None:
    profile = swapped_profile()
    source = saved(four_corners(400, 300), tmp_path / "photo", "JPEG", icc_profile=profile)
    made = render(source)
    assert corners(made.variants["320"].path) == ["lime", "red", "blue", "white"]
    for file in made.files:
        with Image.open(file.path) as image:
            kept = image.info.get("icc_profile")
        assert kept == (icc_profiles.plain(profile) if file == made.variants["original"] else None)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_wide_colours_of_phones_look_right(tmp_path: Path, render: Render, kind: str) -> None:
    """A skin colour in Display P3. In sRGB it has other numbers: more red, less green."""
    pillow_heif.register_heif_opener()
    in_p3, in_srgb = (200, 120, 90), (210, 118, 84)
    source = tmp_path / "photo"
    settings = {"lossless": True} if kind == "WEBP" else {"quality": 95}
    saved(Image.new("RGB", (64, 64), in_p3), source, kind, icc_profile=wide_profile(), **settings)
    made = render(source, f"image/{kind.lower()}")
    for file in made.files:
        with Image.open(file.path) as image:
            shown = image.convert("RGB").getpixel((30, 30))
            has_profile = "icc_profile" in image.info
        is_original = file == made.variants["original"]
        assert has_profile == is_original
        assert shown == pytest.approx(in_p3 if is_original else in_srgb, abs=4)


@pytest.mark.parametrize("profile", [None, print_profile()], ids=["no profile", "profile"])
def test_pictures_for_print(tmp_path: Path, render: Render, profile: bytes | None) -> None:
    """Red ink and no black: the profile's printer lays no red."""
    picture = Image.new("CMYK", (64, 64), (0, 255, 255, 0))
    source = saved(picture, tmp_path / "photo", "JPEG", quality=95, icc_profile=profile)
    made = render(source)
    with Image.open(made.variants["320"].path) as jpeg:
        assert jpeg.mode == "RGB"
        assert jpeg.getpixel((30, 30)) == pytest.approx(
            (255,) * 3 if profile else (255, 0, 0), abs=6
        )
    with Image.open(made.variants["original"].path) as original:
        assert original.mode == "CMYK"


def test_a_broken_profile_is_ignored(tmp_path: Path, render: Render) -> None:
    source = saved(four_corners(), tmp_path / "photo", "JPEG", icc_profile=b"\0" * 200)
    assert corners(render(source).variants["320"].path) == list(CORNERS)


def test_nonsense_for_exif_is_ignored(tmp_path: Path, render: Render) -> None:
    nonsense = b"Exif\0\0MM\0*\xff\xff\xff\xff"
    source = saved(four_corners(), tmp_path / "photo", "JPEG", exif=nonsense)
    assert corners(render(source).variants["320"].path) == list(CORNERS)


def test_of_an_animation_sizes_show_the_first_frame(tmp_path: Path, render: Render) -> None:
    frames = [four_corners(400, 300, "P"), Image.new("P", (400, 300))]
    source = tmp_path / "animation.gif"
    saved(frames[0], source, "GIF", save_all=True, append_images=frames[1:], comment=SECRET)
    made = render(source, "image/gif")
    assert corners(made.variants["320"].path) == list(CORNERS)
    original = made.variants["original"]
    assert original.content_type == "image/gif"
    with Image.open(original.path) as image:
        assert image.n_frames == 2  # type: ignore[attr-defined]
        assert "comment" not in image.info


def test_a_converted_picture_keeps_its_transparency(tmp_path: Path, render: Render) -> None:
    image = Image.new("RGBA", (400, 300), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 150, 400, 300))
    made = render(saved(image, tmp_path / "sticker", "AVIF", quality=90), "image/avif")
    assert made.variants["original"].content_type == "image/webp"
    for file in (made.variants["original"], made.variants_webp["320"]):
        with Image.open(file.path) as webp:
            assert webp.getchannel("A").getextrema() == (0, 255)
    with Image.open(made.variants["320"].path) as jpeg:
        assert jpeg.getpixel((160, 20)) == pytest.approx((255,) * 3, abs=3)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "HEIF"])
def test_several_pictures_in_one_file(tmp_path: Path, render: Render, kind: str) -> None:
    """Sizes show the first; `original` keeps the animation if every client can show it."""
    pillow_heif.register_heif_opener()
    more = [Image.new("RGB", (400, 300), colour) for colour in ("black", "grey")]
    settings = {"append_images": more, "save_all": True, "quality": 90}
    source = saved(four_corners(400, 300), tmp_path / "upload", kind, **settings)
    made = render(source, f"image/{kind.lower()}")
    for file in made.files:
        assert corners(file.path) == list(CORNERS)
    with Image.open(made.variants["original"].path) as original:
        assert getattr(original, "n_frames", 1) == (3 if kind in ("PNG", "WEBP") else 1)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_that_lies_on_its_side_is_one_upright_picture(
    tmp_path: Path, render: Render, kind: str
) -> None:
    more = [Image.new("RGB", (400, 300), "black")]
    settings = {"append_images": more, "save_all": True, "quality": 90, "exif": exif(6)}
    source = saved(four_corners(400, 300), tmp_path / "upload", kind, **settings)
    original = render(source, f"image/{kind.lower()}").variants["original"].path
    assert corners(original) == ["blue", "red", "white", "lime"]
    with Image.open(original) as image:
        assert getattr(image, "n_frames", 1) == 1


@pytest.mark.parametrize("declared", ["image/heic", "image/heif"])
def test_heic_becomes_jpeg(tmp_path: Path, render: Render, declared: str) -> None:
    source = tmp_path / "photo.heic"
    profile = swapped_profile()
    turned = four_corners(700, 500).transpose(Image.Transpose.ROTATE_90)
    pillow_heif.from_pillow(turned).save(
        source, quality=80, exif=exif(6), icc_profile=profile, icc_profile_type="prof"
    )
    made = render(source, declared)
    assert (made.content_type, made.width, made.height) == ("image/heic", 700, 500)
    original = made.variants["original"]
    assert original.content_type == "image/jpeg"
    with Image.open(original.path) as image:
        assert image.size == (700, 500)
        assert "exif" not in image.info
    assert corners(original.path) == list(CORNERS)
    assert image.info["icc_profile"] == icc_profiles.plain(profile)
    for file in made.files:
        assert SECRET not in file.path.read_bytes()


def test_blurhash_paints_the_picture(tmp_path: Path, render: Render) -> None:
    upright = render(photo(tmp_path / "photo", size=(300, 400))).blurhash
    assert blurhash.components(upright) == (3, 4)
    made = render(photo(tmp_path / "photo", size=(400, 300))).blurhash
    assert blurhash.components(made) == (4, 3)
    painted = blurhash.decode(made, 8, 8)
    red, green, blue = painted[1][1]
    assert red > 1.5 * max(green, blue)
    red, green, blue = painted[6][1]
    assert blue > 1.5 * max(red, green)


def test_bounds_are_the_callers(tmp_path: Path, render: Render) -> None:
    source = photo(tmp_path / "photo", size=(320, 240))
    render(source, max_pixels=320 * 240)
    with pytest.raises(MediaTooManyPixels):
        render(source, max_pixels=320 * 240 - 1)
    size = source.stat().st_size
    render(source, max_bytes=size)
    with pytest.raises(MediaTooLarge):
        render(source, max_bytes=size - 1)


def test_fitted_never_rounds_a_side_away() -> None:
    assert rendering.fitted(5000, 2, 320) == (320, 1)
    assert rendering.fitted(2, 5000, 320) == (2, 5000)
    assert rendering.fitted(1, 40_000, 320) == (1, 16_383)
