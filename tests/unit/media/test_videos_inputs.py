"""Clips as cameras, phones, browsers and programs write them, each written and rendered here."""

import array
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from media.errors import MediaUnreadable
from media.video import ffmpeg, rendering
from media.video.probe import probe
from media.video.rendering import RenderedVideo
from tests.unit.media.samples import (
    H264,
    SECRET,
    clip,
    corners,
    described,
    facts,
    four_corners,
    picture,
    saved,
    sound,
)

TYPES = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".mkv": "video/x-matroska",
}
BOUNDS = {"max_bytes": 50_000_000, "max_seconds": 60.0}
FRAME = 0.04
X265 = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8")
AV1 = ("-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8")
SIX = ("-f", "lavfi", "-i", "sine=d=1,pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0")
AAC, PCM = ("-c:a", "aac"), ("-c:a", "pcm_s24le")
FRAGMENTS = ("-movflags", "frag_keyframe+empty_moov")

type Render = Callable[[Path], RenderedVideo]


@pytest.fixture
def render(tmp_path: Path) -> Render:
    """Render a file that is declared as what its name says."""

    def run(source: Path) -> RenderedVideo:
        into = tmp_path / "made"
        into.mkdir()
        declared = TYPES[source.suffix]
        return rendering.render(source, into, declared=declared, **BOUNDS, deadline=120)

    return run


def best(made: RenderedVideo) -> Path:
    return next(iter(made.variants.values())).path


def raw(path: Path, *arguments: str) -> bytes:
    """What ffmpeg decodes."""
    return subprocess.run(
        [ffmpeg.binary(), "-nostdin", "-v", "error", "-i", str(path), *arguments, "pipe:1"],
        check=True,
        capture_output=True,
        timeout=60,
    ).stdout


@dataclass(frozen=True)
class InputClip:
    """A clip, and what is expected of its best rendition."""

    name: str
    arguments: Sequence[str]
    size: tuple[int, int] = (160, 120)
    seconds: float = 1.0
    has_sound: bool = False


SMALL = picture("160x120", 1)
ODD = (*picture("400x300", 1), "-vf", "scale=353:243,setsar=1")
BRIEF = picture("160x120", 0.4)
MOMENT = picture("160x120", 0.2)
INTERLACED = (*picture("160x120", 1, 50), "-vf", "interlace")
LATE = ("-itsoffset", "5", *SMALL, "-itsoffset", "5.3", *sound(1), "-copyts")
CLIPS = [
    InputClip("portrait.mp4", (*picture("180x320", 1), *H264), (180, 320)),
    InputClip("square.mp4", (*picture("240x240", 1), *H264), (240, 240)),
    InputClip("tall.mp4", (*picture("180x420", 1), *H264), (180, 420)),
    InputClip("tiny.mp4", (*picture("64x64", 1), *H264), (64, 64)),
    InputClip("odd.mp4", (*ODD, "-c:v", "mpeg4", "-q:v", "3"), (352, 244)),
    InputClip("uneven.mp4", (*ODD, *H264[:4], "-pix_fmt", "yuv444p"), (352, 244)),
    InputClip("six.mp4", (*SMALL, *SIX, *H264, *AAC), has_sound=True),
    InputClip("studio.mov", (*SMALL, *SIX, *H264, *PCM, "-ar", "96000"), has_sound=True),
    InputClip(
        "mono.mp4", (*SMALL, *sound(1), *H264, *AAC, "-ac", "1", "-ar", "8000"), has_sound=True
    ),
    InputClip("dolby.mkv", (*SMALL, *SIX, *H264, "-c:a", "eac3"), has_sound=True),
    InputClip("high10.mp4", (*SMALL, *H264[:4], "-pix_fmt", "yuv420p10le")),
    InputClip("main10.mov", (*SMALL, *X265, "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1")),
    InputClip("profile2.webm", (*BRIEF, *VP9, "-pix_fmt", "yuv420p10le"), (160, 120), 0.4),
    InputClip("clear.webm", (*BRIEF, *VP9, "-pix_fmt", "yuva420p"), (160, 120), 0.4),
    InputClip("av1.mp4", (*BRIEF, *AV1), (160, 120), 0.4),
    InputClip("av1.webm", (*BRIEF, *sound(0.4), *AV1, "-c:a", "libopus"), (160, 120), 0.4, True),
    InputClip("editor.mov", (*BRIEF, "-c:v", "prores"), (160, 120), 0.4),
    InputClip("grey.mp4", (*BRIEF, "-c:v", "libx264", "-pix_fmt", "gray"), (160, 120), 0.4),
    InputClip("screen.mkv", (*BRIEF, "-c:v", "libx264rgb"), (160, 120), 0.4),
    InputClip("recorder.mkv", (*SMALL, *sound(1), *H264, "-c:a", "libopus"), has_sound=True),
    InputClip("moment.mp4", (*MOMENT, *sound(0.2), *H264, *AAC), seconds=0.2, has_sound=True),
    InputClip("one.webm", (*SMALL, "-frames:v", "1", "-c:v", "libvpx"), (160, 120), 0.04),
    InputClip("television.mp4", (*INTERLACED, *H264, "-x264-params", "interlaced=1")),
    InputClip("slow.mp4", (*picture("160x120", 1, 120), *H264)),
    InputClip("fragments.mp4", (*SMALL, *sound(1), *H264, *AAC, *FRAGMENTS), has_sound=True),
    InputClip("late.mp4", (*LATE, *H264, *AAC), seconds=1.3, has_sound=True),
    InputClip("late.webm", (*LATE, *VP9, "-c:a", "libopus"), seconds=1.3, has_sound=True),
]


@pytest.mark.parametrize("source", CLIPS, ids=lambda source: source.name)
def test_every_input_plays_everywhere(tmp_path: Path, render: Render, source: InputClip) -> None:
    made = render(clip(tmp_path / source.name, *source.arguments))
    file = best(made)
    says = facts(file)
    assert says["dimensions 0"] == f"{source.size[0]}x{source.size[1]}"
    assert (says["codec_id 0"], says.get("sar 0", "1/1")) == ("h264", "1/1")
    assert "yuv420p" in described(file)
    assert made.has_audio == source.has_sound
    if source.has_sound:
        assert (says["codec_id 1"], says["channel_layout_name 1"]) == ("aac", "stereo")
    assert made.duration == pytest.approx(source.seconds, abs=0.05)
    again = probe(file, declared="video/mp4", **BOUNDS, seconds=30)
    # AAC comes in frames of 1024 samples, the last of which is filled up.
    frame = 1024 / int(says["sample_rate 1"]) if source.has_sound else 0.0
    assert again.duration == pytest.approx(source.seconds, abs=max(0.05, frame))
    data = file.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # it can be played while it is downloaded


@pytest.mark.parametrize(
    ("degrees", "size", "shown"),
    [
        ("90", (270, 480), ["lime", "white", "red", "blue"]),
        ("180", (480, 270), ["white", "blue", "lime", "red"]),
        ("270", (270, 480), ["blue", "red", "white", "lime"]),
    ],
)
def test_every_turn_is_undone(
    tmp_path: Path, render: Render, degrees: str, size: tuple[int, int], shown: list[str]
) -> None:
    still = saved(four_corners(480, 270), tmp_path / "still.png", "PNG")
    lying = clip(tmp_path / "lying.mp4", "-loop", "1", "-i", str(still), "-t", "0.4", *H264)
    turn = ("-display_rotation", degrees, "-i", str(lying), "-c", "copy")
    made = render(clip(tmp_path / "turned.mov", *turn))
    assert (made.width, made.height) == size
    assert corners(made.poster.path) == shown
    assert "rotation" not in described(best(made))


@pytest.mark.parametrize("more", [(), ("-color_primaries", "bt2020", "-colorspace", "bt2020nc")])
@pytest.mark.parametrize("curve", ["smpte2084", "arib-std-b67"])
def test_hdr_with_little_colour_metadata(
    tmp_path: Path, render: Render, curve: str, more: tuple[str, ...]
) -> None:
    source = clip(tmp_path / "hdr.mp4", *BRIEF, *H264, "-color_trc", curve, *more)
    text = described(best(render(source)))
    assert "bt709" in text
    assert curve not in text


STRIPES = "color=s=160x120:r=50:d=1,geq=lum='255*lt(mod(X-8*N,64),32)':cb=128:cr=128"
FIELDS = {
    "top": ("mpeg.mov", "interlace=tff", ("-c:v", "mpeg2video", "-flags", "+ildct+ilme")),
    "top-h264": ("tff.mp4", "interlace=tff", (*H264, "-x264-params", "interlaced=1")),
    "bottom-h264": ("bff.mp4", "interlace=bff", (*H264, "-x264-params", "interlaced=1:bff=1")),
}


def combed(path: Path) -> float:
    """How much neighbouring lines of a picture differ, of 160 pixels and upright stripes."""
    gray = raw(path, "-vf", "format=gray", "-ss", "0.5", "-frames:v", "1", "-f", "rawvideo")
    pairs = zip(gray, gray[160:], strict=False)
    return sum(abs(pixel - below) for pixel, below in pairs) / len(gray) / 255


@pytest.mark.parametrize("fields", FIELDS)
def test_interlaced_video_is_deinterlaced(tmp_path: Path, render: Render, fields: str) -> None:
    name, interlaced, encoding = FIELDS[fields]
    source = clip(tmp_path / name, "-f", "lavfi", "-i", STRIPES, "-vf", interlaced, *encoding)
    assert combed(source) > 0.1
    made = render(source)
    assert combed(best(made)) < 0.02
    assert made.duration == pytest.approx(1, abs=0.05)


FLASH = "drawbox=c=white:t=fill:enable='between(t,{0},{0}+0.2)+between(t,{1},{1}+0.2)'"
BEEP = "aevalsrc='sin(2*PI*880*t)*(between(t,{0},{0}+0.2)+between(t,{1},{1}+0.2))':d=4:s=48000"
FIRST, LAST = 0.4, 3.4
UNEVEN = ("-vf", "select='lt(mod(n,9),3)+eq(n,10)+eq(n,85)'", "-fps_mode", "vfr")


def flashes_and_beeps(rate: int = 25) -> tuple[str, ...]:
    """Four seconds of black, white for a moment near each end, and a sound at the same times."""
    return (
        *("-f", "lavfi", "-i", f"color=black:s=160x120:r={rate}:d=4,{FLASH.format(FIRST, LAST)}"),
        *("-f", "lavfi", "-i", BEEP.format(FIRST, LAST)),
    )


def begins(values: Sequence[float], a_second: float) -> list[float]:
    """The times in seconds at which something begins after nothing."""
    on = [value > 0.3 for value in values]
    starts = [at for at, now in enumerate(on) if now and not any(on[max(0, at - 8) : at])]
    return [at / a_second for at in starts]


def flashes(path: Path) -> list[float]:
    pixels = raw(path, "-map", "0:v", "-vf", "scale=1:1,format=gray", "-r", "100", "-f", "rawvideo")
    return begins([pixel / 255 for pixel in pixels], 100)


def samples_in(path: Path) -> int:
    """The number of audio samples that a player plays if it ignores their times."""
    return len(raw(path, "-map", "0:a", "-ac", "1", "-f", "s16le")) // 2


def beeps(path: Path) -> list[float]:
    mono = ("-ac", "1", "-ar", "8000", "-f", "s16le")
    in_place = ("-af", "aresample=async=1:first_pts=0")  # else gaps are closed
    samples = array.array("h", raw(path, "-map", "0:a", *in_place, *mono))
    peaks = [max(map(abs, samples[at : at + 80])) / 32768 for at in range(0, len(samples), 80)]
    return begins(peaks, 100)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("plain.mp4", (*H264, *AAC)),
        ("bframes.mov", ("-c:v", "libx264", "-preset", "fast", *AAC)),
        ("telephone.mp4", (*H264, *AAC, *UNEVEN)),
        ("browser.webm", (*VP9, "-c:a", "libopus", "-live", "1")),
        ("recorder.mkv", (*H264, "-c:a", "pcm_s16le")),
        ("offset.mp4", (*H264, *AAC, "-output_ts_offset", "7")),
    ],
)
def test_sound_and_picture_stay_together(
    tmp_path: Path, render: Render, name: str, arguments: tuple[str, ...]
) -> None:
    source = clip(tmp_path / name, *flashes_and_beeps(), *arguments)
    file = best(render(source))
    for found in (flashes(file), beeps(file)):
        assert found == pytest.approx([FIRST, LAST], abs=FRAME + 0.02)


def test_sound_that_begins_late_or_has_a_gap_keeps_its_times(
    tmp_path: Path, render: Render
) -> None:
    hole = "aselect='lt(t,0.2)+between(t,0.3,0.9)+gt(t,3)'"
    source = clip(tmp_path / "hole.mkv", *flashes_and_beeps(), "-af", hole, *H264, "-c:a", "flac")
    assert beeps(source) == pytest.approx([FIRST, LAST], abs=FRAME + 0.02)
    file = best(render(source))
    assert beeps(file) == pytest.approx([FIRST, LAST], abs=FRAME + 0.02)
    assert int(facts(file)["sample_rate 1"]) * 4 <= samples_in(file) < 4.1 * 48000


def test_sound_that_ends_early_is_followed_by_silence(tmp_path: Path, render: Render) -> None:
    """Otherwise the last segments have no sound, for which players in browsers wait in vain."""
    arguments = (*picture("160x120", 9), *sound(2), *H264, *AAC)
    made = render(clip(tmp_path / "brief.mp4", *arguments))
    rate = int(facts(best(made))["sample_rate 1"])
    assert samples_in(best(made)) / rate == pytest.approx(9, abs=0.05)
    assert made.duration == pytest.approx(9, abs=0.05)


def test_a_cut_without_encoding_begins_where_it_was_cut(tmp_path: Path, render: Render) -> None:
    """Such a cut keeps frames before it, which the edit list hides."""
    whole = clip(tmp_path / "whole.mp4", *flashes_and_beeps(), *H264, "-g", "250", *AAC)
    source = clip(tmp_path / "cut.mp4", "-ss", "0.2", "-i", str(whole), "-c", "copy")
    made = render(source)
    assert made.duration == pytest.approx(3.8, abs=0.05)
    for found in (flashes(best(made)), beeps(best(made))):
        assert found == pytest.approx([FIRST - 0.2, LAST - 0.2], abs=FRAME + 0.03)


def test_an_uneven_frame_rate_stays_uneven(tmp_path: Path, render: Render) -> None:
    uneven = ("-vf", "select='lt(mod(n,8),2)'", "-fps_mode", "vfr")
    source = clip(tmp_path / "uneven.mp4", *picture("160x120", 2), *uneven, *H264)
    uploaded = probe(source, declared="video/mp4", **BOUNDS, seconds=30)
    made = probe(best(render(source)), declared="video/mp4", **BOUNDS, seconds=30)
    assert made.frames == uploaded.frames < 20
    assert made.duration == pytest.approx(uploaded.duration, abs=0.05)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("cover.mp4", ("-map", "5", "-c:v:2", "mjpeg", "-disposition:v:2", "attached_pic")),
        ("attached.mkv", ("-attach", "words.srt", "-metadata:s:t", "mimetype=text/plain")),
        ("data.mov", ("-map", "5", "-c:v:2", "mjpeg", "-timecode", "01:00:00:00")),
    ],
)
def test_one_video_and_one_audio_stream_are_taken_of_many(
    tmp_path: Path,
    render: Render,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    more: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    cover = saved(Image.new("RGB", (400, 400), "red"), tmp_path / "cover.jpg", "JPEG")
    words = tmp_path / "words.srt"
    words.write_text(f"1\n00:00:00,000 --> 00:00:01,000\n{SECRET.decode()}\n")
    source = clip(
        tmp_path / name,
        *(*picture("160x120", 1), *picture("320x240", 1), *sound(1), *sound(1), "-i", str(words)),
        *("-i", str(cover), "-map", "0", "-map", "1", "-map", "2", "-map", "3", "-map", "4"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"),
        *("-c:s", "srt" if name.endswith("mkv") else "mov_text", *more),
        *("-metadata", f"location={SECRET.decode()}", "-metadata", f"make={SECRET.decode()}"),
        *("-metadata:s", f"handler_name={SECRET.decode()}"),
    )
    assert SECRET in source.read_bytes()
    file = best(render(source))
    says = facts(file)
    assert says["dimensions 0"] == "160x120"
    assert {each for each in says if each.startswith("codec_id")} == {"codec_id 0", "codec_id 1"}
    assert SECRET not in file.read_bytes()


def test_sound_of_an_unknown_codec_is_left_out(tmp_path: Path, render: Render) -> None:
    """For example of a newer codec: the video is rendered all the same."""
    source = clip(tmp_path / "new.mkv", *SMALL, *sound(1), *H264, "-c:a", "libopus")
    source.write_bytes(source.read_bytes().replace(b"A_OPUS", b"A_XPUS"))
    made = render(source)
    assert not made.has_audio
    assert "codec_id 1" not in facts(best(made))


def test_a_song_with_a_cover_is_no_video(tmp_path: Path, render: Render) -> None:
    cover = saved(Image.new("RGB", (64, 64), "red"), tmp_path / "cover.jpg", "JPEG")
    song = ("-i", str(cover), *sound(1), "-map", "0", "-map", "1", "-c:v", "copy", *AAC)
    source = clip(tmp_path / "song.mp4", *song, "-disposition:v:0", "attached_pic")
    with pytest.raises(MediaUnreadable):
        render(source)
