"""One file, played in two ways: as a whole, and segment by segment."""

import re
import subprocess
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path

import pytest

from media.renditions import HlsIndex, Rendition
from media.video import ffmpeg, hls, hybrid_mp4, ladder
from media.video.mp4_boxes import parse
from media.video.probe import probe
from tests.unit.media.samples import H264, atoms, clip, picture, sound

KEYS = ("-force_key_frames", "expr:gte(t,n_forced*6)", "-c:a", "aac")
RATE = "setpts='if(lt(N,30),N,N*2)/25/TB'"  # half the frame rate from the thirtieth frame on

type Clip = Sequence[str]

CLIPS: dict[str, Clip] = {
    "pictures and sound": (*picture(seconds=13), *sound(13), *H264, *KEYS),
    "pictures out of order": (*picture(seconds=7), "-c:v", "libx264", "-bf", "3", *KEYS),
    "no sound": (*picture(seconds=6.5), *H264, *KEYS),
    "one second": (*picture(seconds=1), *sound(1), *H264, *KEYS),
    "one picture": (*picture(seconds=1), "-frames:v", "1", *H264, *KEYS),
    "a changing rate": (*picture(seconds=3), "-vf", RATE, "-fps_mode", "vfr", *H264, *KEYS),
    "sound lasts longer": (*picture(seconds=0.4), *sound(5), *H264, *KEYS),
    "sound ends before": (*picture(seconds=6), *sound(1.2), *H264, *KEYS),
    "sound begins late": (*picture(seconds=7), "-itsoffset", "1.7", *sound(3), *H264, *KEYS),
    "pictures begin late": ("-itsoffset", "0.8", *picture(seconds=5), *sound(6), *H264, *KEYS),
    "key frames of its own": (*picture(seconds=8), "-g", "7", *H264, *KEYS),
    "nothing but key frames": (*picture(seconds=7), "-g", "1", *H264, *KEYS),
}


def played(*source: str, streams: Sequence[str] = ("0:v", "0:a?")) -> list[str]:
    """Every video and audio frame of a file, decoded: stream, time, digest."""
    maps = [argument for stream in streams for argument in ("-map", stream)]
    done = subprocess.run(
        [
            *(ffmpeg.binary(), "-nostdin", "-v", "error", "-copyts", *source, *maps),
            *("-fps_mode", "passthrough", "-f", "framemd5", "-"),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert not done.stderr
    lines = [line.split(",") for line in done.stdout.splitlines() if not line.startswith("#")]
    return [f"{line[0]},{line[2].strip()},{line[5].strip()}" for line in lines]


def pictures(lines: Sequence[str]) -> list[str]:
    return [line.rpartition(",")[2] for line in lines if line.startswith("0,")]


def inside(file: Path, index: HlsIndex) -> Path:
    """The inner file by itself: what a player has that fetched its header and all segments."""
    path = file.with_suffix(".segments.mp4")
    sizes = [size for _, size in index.segments]
    path.write_bytes(file.read_bytes()[index.start :][: index.header + sum(sizes)])
    return path


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Clip], tuple[Path, Path, HlsIndex]]:
    """A clip as ffmpeg writes it, the same as a hybrid, and its index."""

    def run(arguments: Clip) -> tuple[Path, Path, HlsIndex]:
        source = clip(tmp_path / "source.mp4", *arguments)
        return source, tmp_path / "360p.mp4", hybrid_mp4.write(source, tmp_path / "360p.mp4")

    return run


@pytest.mark.parametrize("arguments", CLIPS.values(), ids=CLIPS)
def test_a_hybrid_plays_as_a_whole_and_in_segments(
    write: Callable[[Clip], tuple[Path, Path, HlsIndex]],
    arguments: Clip,
    request: pytest.FixtureRequest,
) -> None:
    source, file, index = write(arguments)
    expected = played("-i", str(source))
    assert played("-i", str(file)) == expected
    in_segments = played("-i", str(inside(file, index)))
    # When the rate changes, ffmpeg's index leaves out the last frame. The segments contain it.
    assert in_segments[: len(expected)] == expected
    assert len(in_segments) - len(expected) <= ("changing" in request.node.callspec.id)
    assert atoms(file)[:2] == ["ftyp", "moov"]
    assert index.start + index.header + sum(size for _, size in index.segments) == (
        file.stat().st_size
    )
    assert file.stat().st_size < source.stat().st_size * 1.02 + 4000


@pytest.mark.parametrize("arguments", CLIPS.values(), ids=CLIPS)
def test_each_segment_begins_with_a_key_frame_and_lasts_what_it_says(
    write: Callable[[Clip], tuple[Path, Path, HlsIndex]], arguments: Clip, tmp_path: Path
) -> None:
    _, file, index = write(arguments)
    data = file.read_bytes()
    header = data[index.start :][: index.header]
    at, begins = index.start + index.header, 0.0
    for number, (seconds, size) in enumerate(index.segments):
        alone = tmp_path / f"{number}.mp4"
        alone.write_bytes(header + data[at : at + size])
        first, *_ = [line for line in packets(alone) if line.startswith("0,")]
        assert "F=" not in first, "it begins with a frame that needs an earlier one"
        if number:
            assert shown(alone) == pytest.approx(begins, abs=0.002)
        at, begins = at + size, begins + seconds
    assert begins == pytest.approx(ends(file), abs=0.05)
    assert all(5.9 <= seconds <= 6.2 for seconds, _ in index.segments[:-1])


def packets(path: Path) -> list[str]:
    """The packets of a file; those of frames that are not key frames have `F=0x0`."""
    lines = subprocess.run(
        [
            ffmpeg.binary(),
            "-v",
            "error",
            "-copyts",
            "-i",
            path,
            "-c",
            "copy",
            "-f",
            "framecrc",
            "-",
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout.splitlines()
    return [line for line in lines if not line.startswith("#")]


def shown(path: Path) -> float:
    """The time in seconds at which the first frame is shown."""
    output = subprocess.run(
        [
            *(ffmpeg.binary(), "-nostdin", "-hide_banner", "-copyts", "-i", str(path)),
            *("-map", "0:v", "-vf", "showinfo", "-frames:v", "1", "-f", "null", "-"),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stderr
    found = re.search(r"pts_time:([\d.]+)", output)
    assert found, output
    return float(found[1])


def ends(path: Path) -> float:
    bounds = {"max_bytes": 10_000_000, "max_seconds": 60, "seconds": 10}
    return probe(path, declared="video/mp4", **bounds).duration


def test_all_sizes_are_cut_at_the_same_frames(tmp_path: Path) -> None:
    """A player switches sizes between two segments."""
    # Scenes do not change every six seconds, and the frame rate is uneven.
    vfr = ("-vf", RATE.replace("25", "15"), "-fps_mode", "vfr")
    inputs = (*picture("1280x720", 8, 15), *sound(9.5))
    source = clip(tmp_path / "source.mp4", *inputs, *vfr, *H264, "-c:a", "aac")
    bounds = {"max_bytes": 100_000_000, "max_seconds": 60, "seconds": 60}
    video = probe(source, declared="video/mp4", **bounds)
    made, _ = ladder.write(video, tmp_path, seconds=60, on_progress=lambda _: None)
    lengths = {  # of all but the last, whose last frame has no known duration
        name: [seconds for seconds, _ in file.hls.segments[:-1]]
        for name, file in made.items()
        if file.hls
    }
    assert list(lengths) == ["720p", "480p", "360p"]
    assert len(lengths["720p"]) == 2
    assert lengths["720p"] == lengths["480p"] == lengths["360p"]


def test_a_player_shows_every_frame_of_each_size(tmp_path: Path) -> None:
    """ffmpeg's own HLS player, with playlists in the directory of the files."""
    source = clip(tmp_path / "source.mp4", *picture("480x854", 9), *sound(9), *H264, "-c:a", "aac")
    bounds = {"max_bytes": 100_000_000, "max_seconds": 60, "seconds": 60}
    video = probe(source, declared="video/mp4", **bounds)
    made, _ = ladder.write(video, tmp_path, seconds=60, on_progress=lambda _: None)
    start = write_hls(tmp_path, made)
    for number, file in enumerate(made.values()):
        alone = pictures(played("-i", str(file.path)))
        streamed = played("-i", str(start), streams=(f"0:v:{number}", f"0:a:{number}"))
        assert len(alone) == 225
        assert pictures(streamed) == alone


def write_hls(folder: Path, made: dict[str, Rendition]) -> Path:
    """Write the playlists of these files into the folder; returns the master playlist."""
    rungs = hls.rungs_of(made.values())
    for name, rung in rungs.items():
        (folder / f"{name}.m3u8").write_text(hls.media(rung, f"{name}.mp4"))
    text = hls.master(rungs, "query").replace("?query", "")
    (folder / hls.MASTER).write_text(text)
    return folder / hls.MASTER


def test_codecs_and_frame_rate_of_a_file(
    write: Callable[[Clip], tuple[Path, Path, HlsIndex]],
) -> None:
    baseline = ("-profile:v", "baseline", "-level", "3.1", *KEYS)
    assert write((*picture(seconds=1, rate=30), *H264, *baseline))[2].codecs == "avc1.42c01f"
    main = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-profile:v", "main", "-level", "4.0", *KEYS)
    index = write((*picture(seconds=1, rate=30), *sound(1), *main))[2]
    assert (index.codecs, index.frame_rate) == ("avc1.4d4028,mp4a.40.2", 30)
    ntsc = write((*picture(seconds=1, rate=30), "-r", "30000/1001", *H264, *KEYS))[2]
    assert ntsc.frame_rate == 29.97


def test_offsets_beyond_two_gigabytes_take_64_bits(
    write: Callable[[Clip], tuple[Path, Path, HlsIndex]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hybrid_mp4, "_LARGE", 1000)
    source, file, _ = write(CLIPS["pictures and sound"])
    assert b"co64" in file.read_bytes()
    assert b"stco" not in file.read_bytes().split(b"mdat")[0]
    assert played("-i", str(file)) == played("-i", str(source))
    # A file that has them already can be rewritten.
    again = file.with_suffix(".again.mp4")
    hybrid_mp4.write(file, again)
    assert played("-i", str(again)) == played("-i", str(source))


def test_boxes_are_written_as_they_were_read(tmp_path: Path) -> None:
    data = clip(tmp_path / "source.mp4", *picture(), *sound(), *H264, *KEYS).read_bytes()
    at = data.index(b"moov") - 4
    moov = data[at : at + int.from_bytes(data[at : at + 4])]
    assert b"".join(box.encode() for box in parse(moov)) == moov


def test_segments_lie_where_the_playlist_says(
    write: Callable[[Clip], tuple[Path, Path, HlsIndex]],
) -> None:
    _, file, index = write(CLIPS["pictures and sound"])
    data = file.read_bytes()
    assert data[index.start + 4 : index.start + 8] == b"ftyp"
    offsets = accumulate((size for _, size in index.segments), initial=index.start + index.header)
    assert [data[offset + 4 : offset + 8] for offset in list(offsets)[:-1]] == [b"moof"] * 3
