"""Pictures of other colours than those of the web are shown as viewers show them."""

import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image, ImageCms

from media.images import code_points, icc_profiles, rendering
from media.images.rendering import RenderedImage
from tests.unit.media.samples import SECRET, icc_profile, rgb_profile, swapped_profile
from tests.unit.media.test_damaged_images import chunks_of, png_of, written

type Render = Callable[[bytes, str], RenderedImage]
type Colour = tuple[int, int, int]


@pytest.fixture
def render(tmp_path: Path) -> Render:
    into = tmp_path / "made"
    into.mkdir()

    def run(data: bytes, kind: str) -> RenderedImage:
        source = tmp_path / "upload"
        source.write_bytes(data)
        bounds = {"max_bytes": 20_000_000, "max_pixels": 50_000_000}
        return rendering.render(source, into, declared=f"image/{kind.lower()}", **bounds)

    return run


def colour(path: Path, *, managed: bool = False) -> Colour:
    """The colour in the middle of a file, as read or as a viewer shows it that knows profiles."""
    with Image.open(path) as opened:
        profile, image = opened.info.get("icc_profile"), opened.copy()
    if managed and profile:
        image = image.convert("L" if image.mode == "L" else "RGB")
        target = ImageCms.createProfile("sRGB")
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        image = ImageCms.profileToProfile(image, source, target, outputMode="RGB") or image
    red, green, blue = image.convert("RGB").getpixel((20, 20))  # type: ignore[misc]
    return red, green, blue


def assert_colours(made: RenderedImage, expected: Colour, within: int = 3) -> None:
    for file in made.files:
        shown = colour(file.path, managed=file == made.variants["original"])
        assert shown == pytest.approx(expected, abs=within), file.path.name


def plain(shown: Colour | int, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (64, 64), shown)


def grey_profile(gamma: float) -> bytes:
    curve = b"curv\0\0\0\0\0\0\0\x01" + struct.pack(">H", round(gamma * 256)) + b"\0\0"
    return icc_profile(b"GRAY", b"XYZ ", {b"kTRC": curve})


def srgb_of(linear: float) -> int:
    return round(
        255 * (12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055)
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("gamma", [1.0, 1.75, 2.6])
def test_a_grey_picture_with_a_profile(render: Render, kind: str, gamma: float) -> None:
    made = render(written(plain(100, "L"), kind, icc_profile=grey_profile(gamma)), kind)
    grey = srgb_of((100 / 255) ** gamma)
    assert abs(grey - 100) > 5
    assert_colours(made, (grey,) * 3)


def test_a_transparent_grey_picture_with_a_profile(render: Render) -> None:
    image = Image.new("LA", (64, 64), (100, 255))
    image.paste((100, 0), (0, 32, 64, 64))
    made = render(written(image, "PNG", icc_profile=grey_profile(1.0)), "PNG")
    with Image.open(made.variants_webp["320"].path) as webp:
        assert webp.getchannel("A").getextrema() == (0, 255)
        red, *_ = webp.convert("RGB").getpixel((20, 10))  # type: ignore[misc]
    assert red == pytest.approx(srgb_of(100 / 255), abs=4)


def test_a_grey_picture_with_the_profile_of_a_screen(render: Render) -> None:
    """As photographs without colours have it: its curve counts."""
    gamma = b"curv\0\0\0\0\0\0\0\x01\x01\0\0\0"  # 1.0
    profile = rgb_profile(dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), gamma))
    made = render(written(plain(100, "L"), "JPEG", icc_profile=profile), "JPEG")
    assert colour(made.variants["320"].path) == pytest.approx((srgb_of(100 / 255),) * 3, abs=3)


def test_a_profile_of_other_colours_than_the_pixels_is_ignored(render: Render) -> None:
    made = render(written(plain((200, 100, 50)), "JPEG", icc_profile=grey_profile(1.0)), "JPEG")
    assert colour(made.variants["320"].path) == pytest.approx((200, 100, 50), abs=3)


P3_ORANGE, SRGB_ORANGE = (200, 120, 90), (210, 118, 84)


def coded(kind: str, shown: Colour, primaries: int, transfer: int) -> bytes:
    """A picture that declares its colours by numbers."""
    pillow_heif.register_heif_opener()
    if kind == "PNG":
        head, *more = chunks_of(written(plain(shown), "PNG"))
        return png_of([head, (b"cICP", bytes([primaries, transfer, 0, 1])), *more])
    data = bytearray(written(plain(shown), kind, quality=95))
    at = data.index(b"colrnclx") + 8
    data[at : at + 4] = struct.pack(">HH", primaries, transfer)
    return bytes(data)


@pytest.mark.parametrize("kind", ["HEIF", "AVIF", "PNG"])
def test_colours_of_phones_by_numbers(render: Render, kind: str) -> None:
    made = render(coded(kind, P3_ORANGE, 12, 13), kind)
    sizes = [*made.variants.values(), *made.variants_webp.values()]
    for file in sizes:
        if file == made.variants["original"]:
            continue
        assert colour(file.path) == pytest.approx(SRGB_ORANGE, abs=4)
    if kind == "PNG":  # as it was uploaded, with its numbers
        original = made.variants["original"].path
        assert b"cICP\x0c\x0d\0\x01" in original.read_bytes()
        assert colour(original) == P3_ORANGE
    else:
        assert colour(made.variants["original"].path, managed=True) == pytest.approx(
            SRGB_ORANGE, abs=4
        )


@pytest.mark.parametrize("kind", ["HEIF", "AVIF", "PNG"])
@pytest.mark.parametrize("numbers", [(1, 13), (1, 1), (2, 2)])
def test_numbers_that_mean_the_web_change_nothing(
    render: Render, kind: str, numbers: tuple[int, int]
) -> None:
    made = render(coded(kind, P3_ORANGE, *numbers), kind)
    assert_colours(made, P3_ORANGE, within=4)


def pq(nits: float) -> int:
    """ITU-R BT.2100, table 4, of 8 bits."""
    y = (nits / 10_000) ** 0.1593017578125
    return round(255 * ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375)


@pytest.mark.parametrize("kind", ["HEIF", "AVIF", "PNG"])
@pytest.mark.parametrize(
    ("nits", "shown"), [(0, 0), (5, 43), (20, 84), (203, 191), (1000, 255), (4000, 255)]
)
def test_hdr10_is_tone_mapped(render: Render, kind: str, nits: float, shown: int) -> None:
    """Dark greys keep their light in units of the white of a text, 203 nits; bright ones are
    compressed, and 1,000 nits are white."""
    made = render(coded(kind, (pq(nits),) * 3, 9, 16), kind)
    assert colour(made.variants["320"].path) == pytest.approx((shown,) * 3, abs=5)
    if kind != "PNG":
        with Image.open(made.variants["original"].path) as original:
            assert "icc_profile" not in original.info
        assert colour(made.variants["original"].path) == pytest.approx((shown,) * 3, abs=5)


@pytest.mark.parametrize(("code", "shown"), [(0, 0), (64, 61), (191, 192), (255, 255)])
def test_hlg_is_tone_mapped(render: Render, code: int, shown: int) -> None:
    """75 % is the white of a text, 203 nits on a screen of 1,000."""
    made = render(coded("AVIF", (code,) * 3, 9, 18), "AVIF")
    assert colour(made.variants["320"].path) == pytest.approx((shown,) * 3, abs=5)


def test_hues_of_hdr_stay(render: Render) -> None:
    """A red of BT.2020 is the reddest of the web, without green and blue."""
    made = render(coded("PNG", (pq(100), 0, 0), 9, 16), "PNG")
    red, green, blue = colour(made.variants["320"].path)
    assert red > 150
    assert max(green, blue) < 25


def test_a_png_with_a_huge_profile(render: Render) -> None:
    """Above 1 MiB many decoders do not read it: the original is converted."""
    big = b"curv\0\0\0\0" + struct.pack(">I", 4000) + bytes(range(250)) * 32
    tags = {
        name: big + bytes([at]) * 400_000 for at, name in enumerate((b"A2B1", b"A2B2", b"B2A1"))
    }
    profile = rgb_profile(tags, primaries=SWAPPED)
    assert len(profile) > 1 << 20
    made = render(with_profile(plain((255, 0, 0)), profile), "PNG")
    assert_colours(made, (0, 255, 0), within=6)
    assert SECRET not in made.variants["original"].path.read_bytes()


SWAPPED = ((0.3851, 0.7169, 0.0971), (0.4361, 0.2225, 0.0139), (0.1431, 0.0606, 0.7141))


def with_profile(image: Image.Image, profile: bytes) -> bytes:
    import zlib

    head, *more = chunks_of(written(image, "PNG"))
    return png_of([head, (b"iCCP", b"screen\0\0" + zlib.compress(profile)), *more])


def test_a_png_with_a_profile_keeps_it(render: Render) -> None:
    made = render(with_profile(plain((255, 0, 0)), swapped_profile()), "PNG")
    assert colour(made.variants["320"].path) == pytest.approx((0, 255, 0), abs=4)
    with Image.open(made.variants["original"].path) as original:
        assert original.info["icc_profile"] == icc_profiles.plain(swapped_profile())
        assert original.convert("RGB").getpixel((9, 9)) == (255, 0, 0)


@pytest.mark.parametrize(
    ("gamma", "chromaticities", "more", "shown"),
    [
        (45455, code_points.SRGB, [], (200, 100, 50)),
        (100_000, code_points.SRGB, [], (229, 169, 122)),
        (100_000, code_points.SRGB, [(b"sRGB", b"\0")], (200, 100, 50)),
        (45455, (0.30, 0.60, 0.64, 0.33, 0.15, 0.06, 0.3127, 0.3290), [], (100, 200, 50)),
        (0, (0.0,) * 8, [], (200, 100, 50)),
    ],
    ids=["web", "linear", "web after all", "swapped", "none"],
)
def test_a_png_with_a_gamma(
    render: Render,
    gamma: int,
    chromaticities: tuple[float, ...],
    more: list[tuple[bytes, bytes]],
    shown: Colour,
) -> None:
    *rgb, x, y = (round(value * 100_000) for value in chromaticities)
    head, *rest = chunks_of(written(plain((200, 100, 50)), "PNG"))
    declared = [(b"gAMA", struct.pack(">I", gamma)), (b"cHRM", struct.pack(">8I", x, y, *rgb))]
    made = render(png_of([head, *declared, *more, *rest]), "PNG")
    assert colour(made.variants["320"].path) == pytest.approx(shown, abs=4)
