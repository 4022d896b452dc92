"""Pictures of 12 megapixels against three ImageMagick runs, and the memory for the largest ones.

The pictures are photographs of scikit-image, enlarged, with the grain of a sensor added so that
they are as hard to encode as photographs of that size.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

from infra.templates import TEMPLATE, resources
from tests.bench.report import Row
from tests.bench.runs import compare, data_of, memory_peak

BUDGET, SSIM_BUDGET, MEMORY_BUDGET = 4.0, 0.01, 0.75
WIDTHS = (1080, 640, 320)
FUNCTIONS = Path(__file__).parents[2] / "functions"
LARGEST = (8160, 6120)  # of today's phone sensors; MaxImagePixels is 50 million
_BOUNDS = {"max_bytes": 20_000_000, "max_pixels": 50_000_000}
_SIDEWAYS = 6  # EXIF's orientation of a phone held upright

# A process that renders one picture as the Lambda does.
RENDER = """
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from media.images.rendering import render

bounds = {"max_bytes": 20_000_000, "max_pixels": 50_000_000}
render(Path(sys.argv[2]), Path(sys.argv[3]), declared=sys.argv[4], **bounds)
"""


@dataclass(frozen=True)
class Input:
    """A picture as people upload it."""

    name: str
    photograph: str  # of scikit-image
    size: tuple[int, int]  # as stored
    content_type: str
    coding: dict[str, Any] = field(default_factory=dict)
    is_sideways: bool = False
    grain: float = 8

    def write(self, folder: Path) -> Path:
        """Write the file into `folder`; returns its path."""
        with Image.open(data_of("skimage") / self.photograph) as image:
            large = image.convert("RGB").resize(self.size, Image.Resampling.LANCZOS)
        grain = Image.effect_noise(self.size, self.grain).convert("RGB")
        path = folder / f"input.{self.content_type.partition('/')[2]}"
        exif = Image.Exif()
        if self.is_sideways:
            exif[0x0112] = _SIDEWAYS
        picture = ImageChops.add(large, grain, offset=-128)
        picture.save(path, exif=exif.tobytes(), **self.coding)
        return path


INPUTS = (
    Input("landscape", "rocket.jpg", (4000, 3000), "image/jpeg", {"quality": 90}),
    Input("portrait", "astronaut.png", (3000, 4000), "image/jpeg", {"quality": 90}),
    Input("held upright", "coffee.png", (4000, 3000), "image/jpeg", {"quality": 90}, True),
    Input("square", "retina.jpg", (3464, 3464), "image/jpeg", {"progressive": True}),
    Input("without loss", "chelsea.png", (4000, 3000), "image/png", grain=1),
    Input("of a telephone", "astronaut.png", (4000, 3000), "image/heic", {"quality": 60}),
)


def measure() -> list[Row]:
    """Compare each input with `convert`; then measure the memory for the largest pictures."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    rows: list[Row] = []
    for each in INPUTS:
        with tempfile.TemporaryDirectory() as folder:
            rows += _compared(each, Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        rows += _largest(Path(folder))
    return rows


def _compared(each: Input, folder: Path) -> Iterator[Row]:
    from media.images.rendering import RenderedImage, render

    convert, source, made = _imagemagick(), each.write(folder), folder / "made"
    made.mkdir()
    rendered: list[RenderedImage] = []

    def ours() -> None:
        rendered[:] = [render(source, made, declared=each.content_type, **_BOUNDS)]
        assert len(rendered[0].files) == 7
        assert rendered[0].blurhash

    def theirs() -> None:
        turning = ["-auto-orient"] if each.is_sideways else []
        for width in WIDTHS:
            options = [*turning, "-resize", f"{width}x", "-quality", "85", "-interlace", "Plane"]
            subprocess.run([convert, str(source), *options, _output(folder, width)], check=True)

    compared = compare(ours, theirs)
    bytes_in = source.stat().st_size / 1e6
    kind = each.content_type.partition("/")[2].upper()
    yield Row(
        f"{each.name}: {kind} of 12 MP, {bytes_in:.1f} MB (scikit-image's {each.photograph})",
        compared.figure("three `convert` runs"),
        f"≥ {BUDGET:g} ×",
        compared.ratio >= BUDGET,
    )
    yield from _quality(source, rendered[0], folder)
    command = [sys.executable, "-c", RENDER, str(FUNCTIONS), str(source), str(made)]
    mine = memory_peak([*command, each.content_type])
    other = memory_peak([convert, str(source), "-resize", "1080x", _output(folder, 1080)])
    yield Row("  memory peak", f"{mine:.0f} MB, one of theirs {other:.0f} MB")


def _quality(source: Path, rendered: Any, folder: Path) -> Iterator[Row]:
    """The similarity to the original, scaled down without loss; and the sizes in bytes."""
    with Image.open(source) as image:
        turned = image.getexif().get(0x0112) == _SIDEWAYS
        upright = image.transpose(Image.Transpose.ROTATE_270) if turned else image.copy()
    mine, others = [], []
    for width in WIDTHS:
        file = rendered.variants[str(width)]
        size = file.width, file.height
        ideal = folder / "ideal.png"
        upright.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(ideal)
        mine.append(_ssim(ideal, file.path))
        others.append(_ssim(ideal, Path(_output(folder, width))))
    ours = sum(rendered.variants[str(width)].size for width in WIDTHS)
    theirs = sum(Path(_output(folder, width)).stat().st_size for width in WIDTHS)
    webp = sum(rendered.variants_webp[str(width)].size for width in WIDTHS)
    worst = max(other - own for own, other in zip(mine, others, strict=True))
    yield Row(
        "  likeness of 1080, 640, 320 to the photograph",
        f"SSIM {_list(mine)}; theirs {_list(others)}",
        f"at most {SSIM_BUDGET} less",
        worst <= SSIM_BUDGET,
    )
    yield Row(
        "  bytes of the three",
        f"JPEG {ours / 1000:.0f} KB, WebP {webp / 1000:.0f} KB; theirs {theirs / 1000:.0f} KB",
    )


def _ssim(ideal: Path, picture: Path) -> float:
    from media.video import ffmpeg

    alike = "[0:v]format=yuv444p[a];[1:v]format=yuv444p[b];[a][b]ssim"
    inputs = [ffmpeg.binary(), "-i", str(picture), "-i", str(ideal)]
    done = subprocess.run(
        [*inputs, "-filter_complex", alike, "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stderr.rpartition("All:")[2].split()[0])


def _list(values: list[float]) -> str:
    return " ".join(f"{value:.3f}" for value in values)


def _largest(folder: Path) -> Iterator[Row]:
    """The memory for 50 megapixels in each format, compared with that of the Lambda."""
    available = resources(TEMPLATE, "AWS::Serverless::Function")["MediaOnImageUploaded"][
        "MemorySize"
    ]
    made = folder / "made"
    made.mkdir()
    plain = Image.linear_gradient("L").resize(LARGEST).convert("RGB")
    clear = plain.convert("RGBA")
    clear.putalpha(128)
    exif = Image.Exif()
    exif[0x0112] = _SIDEWAYS
    largest: list[tuple[str, Callable[[Path], None]]] = [
        ("jpeg", lambda path: plain.save(path, exif=exif, progressive=True)),
        ("png", lambda path: clear.save(path, exif=exif, compress_level=1)),
        ("webp", lambda path: clear.save(path, exif=exif, method=0)),
        ("gif", lambda path: plain.convert("P").save(path)),
        ("avif", lambda path: clear.save(path, exif=exif, speed=10)),
        ("heic", lambda path: plain.save(path, quality=10)),
    ]
    for kind, write in largest:
        source = folder / f"largest.{kind}"
        write(source)
        command = [sys.executable, "-c", RENDER, str(FUNCTIONS), str(source), str(made)]
        peak = memory_peak([*command, f"image/{kind}"])
        yield Row(
            f"{kind.upper()} of 50 MP, turned and transparent where it can be: memory peak",
            f"{peak:.0f} MB of {available}",
            f"≤ {MEMORY_BUDGET:.0%}",
            peak <= MEMORY_BUDGET * available,
        )


def _output(folder: Path, width: int) -> str:
    return str(folder / f"output_{width}.jpg")


def _imagemagick() -> str:
    """ImageMagick's `convert`: some machines have another program of that name."""
    for candidate in ("/usr/bin/convert", "convert"):
        try:
            said = subprocess.run([candidate, "-version"], capture_output=True, text=True)
        except OSError:
            continue
        if said.stdout.startswith("Version: ImageMagick"):
            return candidate
    raise SystemExit("ImageMagick is not installed: infra/local/debian.sh imagemagick")
