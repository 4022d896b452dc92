from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import blurhash
import pytest
from PIL import Image, ImageChops, ImageStat

from media.errors import (
    MediaTooLarge,
    MediaTooLong,
    MediaTooManyPixels,
    MediaTypeMismatch,
    MediaUnreadable,
    ProcessingFailed,
)
from media.video import ladder, rendering
from media.video.colours import Colours
from media.video.probe import Video, probe
from media.video.rendering import RenderedVideo
from tests.unit.media.samples import (
    H264,
    SECRET,
    atoms,
    clip,
    corners,
    described,
    facts,
    four_corners,
    picture,
    saved,
    sound,
)

type Render = Callable[..., RenderedVideo]

FACTORS = {"720p": 23.9, "480p": 23.9, "360p": 23.9}
BOUNDS: dict[str, Any] = {"declared": "video/mp4", "max_bytes": 10_000_000, "max_seconds": 60}


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """Render a file into a folder of its own."""
    into = tmp_path / "made"
    into.mkdir()

    def run(source: Path, **settings: Any) -> RenderedVideo:
        return rendering.render(source, into, **BOUNDS | {"deadline": 60} | settings)

    return run


@pytest.fixture(scope="session")
def phone_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A landscape clip with sound, place, name and a chapter, its index at the end of the file."""
    folder = tmp_path_factory.mktemp("clips")
    (folder / "chapters").write_text(
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\ntitle=" + SECRET.decode()
    )
    return clip(
        folder / "phone.mp4",
        *(*picture("1280x720", 2.5, 12), *sound(2.5), "-i", str(folder / "chapters")),
        *("-map", "0", "-map", "1", "-map_chapters", "2", *H264, "-c:a", "aac"),
        *("-metadata", "location=+51.4779-000.0015/", "-metadata", f"title={SECRET.decode()}"),
        *("-metadata:s:v", f"handler_name={SECRET.decode()}"),
    )


@dataclass(frozen=True)
class Made:
    video: RenderedVideo
    folder: Path
    progress: list[int]


@pytest.fixture(scope="session")
def phone_video(tmp_path_factory: pytest.TempPathFactory, phone_clip: Path) -> Made:
    """The rendered clip of the phone."""
    folder, progress = tmp_path_factory.mktemp("made"), list[int]()
    video = rendering.render(phone_clip, folder, **BOUNDS, deadline=60, on_progress=progress.append)
    return Made(video, folder, progress)


def test_a_clip_becomes_a_ladder(phone_video: Made) -> None:
    made = phone_video.video
    assert (made.content_type, made.width, made.height) == ("video/mp4", 1280, 720)
    assert made.duration == pytest.approx(2.5, abs=0.06)
    assert made.has_audio
    assert {name: (file.width, file.height) for name, file in made.variants.items()} == {
        "720p": (1280, 720),
        "480p": (854, 480),
        "360p": (640, 360),
    }
    for name, file in made.variants.items():
        says = facts(file.path)
        assert says["dimensions 0"] == f"{file.width}x{file.height}"
        assert (says["codec_id 0"], says["codec_id 1"]) == ("h264", "aac")
        assert "yuv420p" in described(file.path)
        assert atoms(file.path).index("moov") < atoms(file.path).index("mdat")
        again = probe(file.path, **BOUNDS, seconds=10)
        assert again.duration == pytest.approx(2.5, abs=0.1)
        data = file.path.read_bytes()
        assert f"crf={FACTORS[name]}".encode() in data
        assert SECRET not in data
        assert b"51.4779" not in data
    sizes = [file.size for file in made.variants.values()]
    assert sizes == sorted(sizes, reverse=True)

    assert sorted(file.path for file in made.files) == sorted(phone_video.folder.iterdir())


def test_progress_rises_to_a_hundred(phone_video: Made) -> None:
    progress = phone_video.progress
    assert progress == sorted(progress)
    assert progress[0] >= 0
    assert progress[-1] == 100


def test_poster_and_preview(phone_video: Made) -> None:
    made = phone_video.video
    assert (made.poster.width, made.poster.height) == (1280, 720)
    with Image.open(made.poster.path) as poster:
        assert (poster.format, poster.size) == ("JPEG", (1280, 720))
        assert poster.info["progressive"]
    assert blurhash.components(made.blurhash) == (4, 3)
    with Image.open(made.preview.path) as preview:
        assert (preview.format, preview.size) == ("WEBP", (320, 180))
        assert (made.preview.width, made.preview.height) == (320, 180)
        assert preview.n_frames == pytest.approx(2.5 * 8, abs=1)  # type: ignore[attr-defined]
        assert preview.info["loop"] == 0
        first = preview.convert("RGB")
        preview.seek(8)
        moved = ImageStat.Stat(ImageChops.difference(first, preview.convert("RGB")))
    assert sum(moved.mean) > 3
    assert made.preview.size < 200_000


def colours_by_the_second(path: Path, seconds: float = 3) -> Path:
    """Red, then green from 0.9 s on, then blue from 1.4 s on."""
    return clip(
        path,
        *("-f", "lavfi", "-i", f"color=red:s=320x240:r=10:d={seconds}", "-vf"),
        "drawbox=c=lime:t=fill:enable='between(t,0.85,1.35)',"
        "drawbox=c=blue:t=fill:enable='gt(t,1.35)'",
        *H264,
    )


@pytest.mark.parametrize(("seconds", "colour"), [(3, "lime"), (0.8, "red"), (2.0, "lime")])
def test_the_poster_is_the_frame_at_one_second_or_the_middle(
    tmp_path: Path, render: Render, seconds: float, colour: str
) -> None:
    made = render(colours_by_the_second(tmp_path / "clip.mp4", seconds))
    assert set(corners(made.poster.path)) == {colour}


def test_a_turned_clip_is_shown_upright(tmp_path: Path, render: Render) -> None:
    still = saved(four_corners(480, 270), tmp_path / "still.png", "PNG")
    lying = clip(tmp_path / "lying.mp4", "-loop", "1", "-i", str(still), "-t", "0.5", *H264)
    turned = clip(
        tmp_path / "turned.mp4", "-display_rotation", "90", "-i", str(lying), "-c", "copy"
    )
    made = render(turned)
    assert (made.width, made.height) == (270, 480)
    (file,) = made.variants.values()
    assert facts(file.path)["dimensions 0"] == "270x480"
    assert "rotation" not in described(file.path)
    assert corners(made.poster.path) == ["lime", "white", "red", "blue"]


def test_oblong_pixels_become_square(tmp_path: Path, render: Render) -> None:
    source = clip(tmp_path / "dv.mp4", *picture("360x288", 0.4), "-vf", "setsar=64/45", *H264)
    made = render(source)
    assert (made.width, made.height) == (512, 288)
    assert facts(made.variants["360p"].path)["dimensions 0"] == "512x288"
    assert facts(made.variants["360p"].path)["sar 0"] == "1/1"


@pytest.mark.parametrize(
    ("name", "declared", "arguments"),
    [
        ("clip.mov", "video/quicktime", (*H264, "-an")),
        ("clip.webm", "video/webm", ("-c:v", "libvpx", "-deadline", "realtime", "-an")),
        (
            "live.webm",  # as browsers record: no length in its header
            "video/webm",
            ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus", "-live", "1"),
        ),
        ("clip.mp4", "video/mp4", ("-c:v", "mpeg4", "-c:a", "libmp3lame", "-ac", "1")),
        ("high.mp4", "video/mp4", ("-c:v", "libx264", "-pix_fmt", "yuv444p10le", "-an")),
    ],
)
def test_what_people_upload(
    tmp_path: Path, render: Render, name: str, declared: str, arguments: tuple[str, ...]
) -> None:
    source = clip(tmp_path / name, *picture("160x120", 1), *sound(1), *arguments)
    made = render(source, declared=declared)
    assert made.duration == pytest.approx(1, abs=0.1)
    assert made.has_audio == ("-an" not in arguments)
    says = facts(made.variants["360p"].path)
    assert says["codec_id 0"] == "h264"
    assert (says.get("codec_id 1") == "aac") == made.has_audio
    assert "yuv420p" in described(made.variants["360p"].path)


def test_hdr_gets_the_colours_of_every_screen(tmp_path: Path, render: Render) -> None:
    source = clip(
        tmp_path / "hlg.mov",
        *(*picture("160x120", 0.4), "-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-x265-params"),
        "log-level=error:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc",
    )
    assert probe(source, **BOUNDS, seconds=10).colours.hdr_transfer == "arib-std-b67"
    made = render(source, declared="video/quicktime")
    assert "bt709" in described(made.variants["360p"].path)
    assert "bt2020" not in described(made.variants["360p"].path)


def test_more_than_sixty_frames_a_second_are_reduced(tmp_path: Path, render: Render) -> None:
    source = clip(tmp_path / "slow.mp4", *picture("160x120", 0.5, 240), *H264)
    assert probe(source, **BOUNDS, seconds=10).frames == 120
    made = render(source)
    assert probe(made.variants["360p"].path, **BOUNDS, seconds=10).frames <= 33


def test_a_single_frame_is_a_video_too(tmp_path: Path, render: Render) -> None:
    source = clip(tmp_path / "one.mp4", *picture("160x120", 1, 25), "-frames:v", "1", *H264)
    made = render(source)
    assert made.duration == pytest.approx(0.04)
    assert made.poster.size > 0


def test_sound_that_outlasts_the_picture(tmp_path: Path, render: Render) -> None:
    source = clip(tmp_path / "song.mp4", *picture("160x120", 0.2), *sound(3), *H264, "-c:a", "aac")
    made = render(source)
    assert made.duration == pytest.approx(3, abs=0.1)
    assert made.poster.size > 0


@pytest.mark.parametrize(
    ("shown", "rungs"),
    [
        ((1920, 1080), {"720p": (1280, 720), "480p": (854, 480), "360p": (640, 360)}),
        ((1080, 1920), {"720p": (720, 1280), "480p": (480, 854), "360p": (360, 640)}),
        ((1080, 1080), {"720p": (720, 720), "480p": (480, 480), "360p": (360, 360)}),
        ((1280, 719), {"480p": (854, 480), "360p": (640, 360)}),
        ((480, 854), {"480p": (480, 854), "360p": (360, 640)}),
        ((640, 360), {"360p": (640, 360)}),
        ((427, 241), {"360p": (428, 240)}),
        ((1, 1), {"360p": (2, 2)}),
    ],
)
def test_rungs_go_by_the_short_side(
    shown: tuple[int, int], rungs: dict[str, tuple[int, int]]
) -> None:
    assert ladder.rung_sizes(*shown) == rungs
    assert list(ladder.rung_sizes(*shown)) == list(rungs)


def test_bounds(tmp_path: Path, render: Render, phone_clip: Path) -> None:
    with pytest.raises(MediaTooLong, match="2 seconds") as caught:
        render(phone_clip, max_seconds=2)
    assert caught.value.code == "media_too_long"
    with pytest.raises(MediaTooLarge):
        render(phone_clip, max_bytes=phone_clip.stat().st_size - 1)
    assert list((tmp_path / "made").iterdir()) == []


def test_length_is_what_the_packets_say(tmp_path: Path, render: Render) -> None:
    """A header may claim one second for a video of an hour."""
    source = clip(tmp_path / "liar.mp4", *picture("160x120", 5), *H264)
    data = bytearray(source.read_bytes())
    for box in (b"mvhd", b"tkhd", b"mdhd"):
        at = data.index(box) + (24 if box == b"tkhd" else 20)
        data[at : at + 4] = (1).to_bytes(4)
    source.write_bytes(data)
    with pytest.raises(MediaTooLong):
        render(source, max_seconds=4)


def test_frames_beyond_8k_are_refused(tmp_path: Path, render: Render) -> None:
    source = clip(tmp_path / "wide.mp4", *picture("16400x16", 0.04), "-c:v", "mjpeg")
    with pytest.raises(MediaTooManyPixels) as caught:
        render(source)
    assert caught.value.code == "media_too_many_pixels"


def without_picture(path: Path) -> Path:
    return clip(path, *sound(0.5), "-c:a", "aac", "-f", "mp4")


def cut(path: Path) -> Path:
    whole = clip(
        path.with_suffix(".mp4"), *picture(), *sound(), *H264, "-movflags", "+faststart"
    ).read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    return path


def without_index(path: Path) -> Path:
    whole = clip(path.with_suffix(".mp4"), *picture(), *H264).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def noise(path: Path) -> Path:
    path.write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(range(256)) * 40)
    return path


def empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


@pytest.mark.parametrize("write", [without_picture, cut, without_index, noise, empty])
def test_broken_files_are_unreadable(
    tmp_path: Path, render: Render, write: Callable[[Path], Path]
) -> None:
    with pytest.raises(MediaUnreadable) as caught:
        render(write(tmp_path / "upload"))
    assert caught.value.code == "media_unreadable"
    assert str(tmp_path) not in str(caught.value)


def test_a_playlist_in_disguise_reads_nothing(tmp_path: Path, render: Render) -> None:
    own = clip(tmp_path / "own.mp4", *picture(), *H264)
    playlist = tmp_path / "upload"
    playlist.write_text(f"#EXTM3U\n#EXTINF:1,\nfile://{own}\n#EXT-X-ENDLIST\n")
    with pytest.raises(MediaTypeMismatch, match="mpegurl"):
        render(playlist)


def test_time_is_bounded(tmp_path: Path, render: Render, phone_clip: Path) -> None:
    with pytest.raises(ProcessingFailed, match="too long") as caught:
        render(phone_clip, deadline=0.25)
    assert caught.value.code == "processing_failed"


def test_a_listener_that_fails_stops_the_work(render: Render, phone_clip: Path) -> None:
    def fail(percent: int) -> None:
        raise LookupError(percent)

    with pytest.raises(LookupError):
        render(phone_clip, on_progress=fail)


def test_probe_returns_what_is_inside(phone_clip: Path) -> None:
    found = probe(phone_clip, **BOUNDS, seconds=10)
    assert found == Video(
        source=phone_clip,
        content_type="video/mp4",
        duration=found.duration,
        video_duration=2.5,
        frames=30,
        width=1280,
        height=720,
        video_codec="h264",
        audio_codec="aac",
        colours=Colours("bt709", True, "unknown", "unknown"),
        poster_at=1.0,
        is_interlaced=False,
    )
