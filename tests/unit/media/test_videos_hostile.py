"""Hostile files: each ends soon, as a failure that its owner can read."""

import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from media.errors import (
    MediaError,
    MediaTooLong,
    MediaTooManyPixels,
    MediaTypeMismatch,
    MediaUnreadable,
    ProcessingFailed,
)
from media.video import ffmpeg, probe, rendering
from tests.unit.media.samples import H264, SECRET, clip, picture, sound

type Change = Callable[[bytearray], None]

BOUNDS: dict[str, Any] = {"max_bytes": 50_000_000, "max_seconds": 60, "deadline": 100}


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A second of video and sound, with the index at the end."""
    path = tmp_path_factory.mktemp("honest") / "clip.mp4"
    return clip(path, *picture("160x120", 1), *sound(1), *H264, "-c:a", "aac").read_bytes()


def attempt(source: Path, declared: str = "video/mp4", **more: Any) -> rendering.RenderedVideo:
    into = source.parent / "made"
    into.mkdir(exist_ok=True)
    return rendering.render(source, into, declared=declared, **BOUNDS | more)


def refusal(source: Path, declared: str = "video/mp4", **more: Any) -> MediaError:
    """Why a file was refused, in a sentence that reveals nothing about this machine."""
    with pytest.raises(MediaError) as caught:
        attempt(source, declared, **more)
    assert str(source.parent) not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("size", [8, 30, 100, 1000, 20_000])
def test_what_was_cut_short(tmp_path: Path, honest: bytes, size: int) -> None:
    source = tmp_path / "upload"
    source.write_bytes(honest[:size])
    assert type(refusal(source)) is MediaUnreadable


def number(box: bytes, offset: int, *values: int) -> Change:
    """Write 32-bit numbers into the first box of that name, at an offset from the name."""

    def change(data: bytearray) -> None:
        at = data.index(box) + offset
        data[at : at + 4 * len(values)] = struct.pack(f">{len(values)}I", *values)

    return change


LIES = {
    "a million pictures": number(b"stsz", 8, 1, 1_000_000),
    "pictures beyond memory": number(b"stsz", 8, 1, 2**32 - 2),
    "no second": number(b"mdhd", 16, 0),
    "long ticks": number(b"mdhd", 16, 1),
    "short ticks": number(b"mdhd", 16, 2**31 - 1),
    "negative ticks": number(b"mdhd", 16, 2**32 - 1),
    "long pictures": number(b"stts", 16, 2**31 - 1),
    "negative pictures": number(b"stts", 16, 2**32 - 1),
    "pictures that last no time": number(b"stts", 16, 0),
}


@pytest.mark.parametrize("lie", list(LIES))
def test_numbers_that_lie(tmp_path: Path, honest: bytes, lie: str) -> None:
    """The result may be a video that lasts a moment. It is rendered entirely, or refused."""
    data = bytearray(honest)
    LIES[lie](data)
    source = tmp_path / "upload"
    source.write_bytes(data)
    with suppress(MediaUnreadable):
        made = attempt(source)
        assert made.duration <= BOUNDS["max_seconds"]
        assert all(file.size for file in made.files)


def test_a_size_that_is_only_claimed_does_no_harm(tmp_path: Path, honest: bytes) -> None:
    data = bytearray(honest)
    number(b"tkhd", 80, 65535 << 16, 65535 << 16)(data)
    at = data.index(b"avc1", data.index(b"stsd"))
    data[at + 28 : at + 32] = struct.pack(">HH", 65535, 65535)
    source = tmp_path / "upload"
    source.write_bytes(data)
    made = attempt(source)
    assert (made.width, made.height) == (160, 120)


def test_pixels_of_any_shape(tmp_path: Path) -> None:
    thin = clip(
        tmp_path / "thin.mp4", *picture("64x64", 0.2), "-vf", "setsar=1/200:max=1000", *H264
    )
    assert all(file.size for file in attempt(thin).files)
    wide = clip(tmp_path / "wide.mp4", *picture("320x64", 0.2), "-vf", "setsar=100/1", *H264)
    assert type(refusal(wide)) is MediaTooManyPixels


@pytest.mark.parametrize(("name", "declared"), [("a.mp4", "video/mp4"), ("a.mkv", "video/webm")])
def test_a_picture_an_hour_later(tmp_path: Path, name: str, declared: str) -> None:
    """Matroska does not say how long the frame before lasts."""
    late = ("-vf", "setpts='if(eq(N,4),3600/TB,PTS)'", "-fps_mode", "vfr")
    source = clip(tmp_path / name, *picture("64x64", 0.2), *late, *H264)
    assert type(refusal(source, declared)) is MediaTooLong


@pytest.mark.parametrize(("seconds", "is_taken"), [(3.48, True), (3.52, False)])
def test_parts_of_a_second_are_rounded(tmp_path: Path, seconds: float, is_taken: bool) -> None:
    """Encoders fill up the last frames: a recording up to the limit must not be refused."""
    source = clip(tmp_path / "upload.mp4", *picture("64x64", seconds), *H264)
    if is_taken:
        assert attempt(source, max_seconds=3).duration == seconds
    else:
        assert type(refusal(source, max_seconds=3)) is MediaTooLong


def test_too_many_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_MAX_PACKETS", 20)
    source = clip(tmp_path / "upload.mp4", *picture("64x64", 2, 60), *H264)
    assert type(refusal(source, max_seconds=3)) is MediaUnreadable


@pytest.mark.parametrize("kind", ["webm", "mov"])
def test_hundreds_of_streams(tmp_path: Path, kind: str) -> None:
    silence = ("-f", "lavfi", "-i", "anullsrc=d=0.1")
    codecs = {
        "webm": ("-c:a", "libopus", "-c:v", "libvpx", "-deadline", "realtime"),
        "mov": ("-c:a", "pcm_s16le", "-c:v", "mpeg4"),
    }[kind]
    maps = ["-map", "0"] * 300
    source = tmp_path / f"upload.{kind}"
    clip(source, *silence, *picture("64x64", 0.2), *maps, "-map", "1", *codecs)
    made = attempt(source, {"webm": "video/webm", "mov": "video/quicktime"}[kind])
    assert made.duration == pytest.approx(0.2, abs=0.05)


def test_a_picture_that_changes_its_size_on_the_way(tmp_path: Path) -> None:
    parts = [
        clip(tmp_path / f"{size}.h264", *picture(size, 0.4), *H264)
        for size in ("160x120", "640x480")
    ]
    both = tmp_path / "both.h264"
    both.write_bytes(b"".join(part.read_bytes() for part in parts))
    made = attempt(clip(tmp_path / "upload.mp4", "-i", str(both), "-c", "copy"))
    assert {(file.width, file.height) for file in made.variants.values()} == {(160, 120)}


def disguises(own: Path) -> dict[str, bytes]:
    """Lists of files to open, disguised as a video."""
    listed = f"#EXTM3U\n#EXTINF:1,\nfile://{own}\nhttp://127.0.0.1:1/\n#EXT-X-ENDLIST\n".encode()
    return {
        "m3u8": listed,
        "concat": f"ffconcat version 1.0\nfile '{own}'\n".encode(),
        "mp4 and m3u8": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + listed,
        "webm and m3u8": b"\x1a\x45\xdf\xa3\x9fB\x82\x84webm" + listed,
        "dash": f"<?xml version='1.0'?><MPD><BaseURL>file://{own}</BaseURL></MPD>".encode(),
        "sdp": b"v=0\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
        "text": b"a video\n" * 1000,
        "nothing": bytes(5000),
        "picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100),
    }


@pytest.mark.parametrize("name", list(disguises(Path("x"))))
@pytest.mark.parametrize("declared", ["video/mp4", "video/webm"])
def test_lists_of_files_are_never_opened(
    tmp_path: Path, honest: bytes, name: str, declared: str
) -> None:
    own = tmp_path / "own.mp4"
    own.write_bytes(honest)
    source = tmp_path / "upload"
    source.write_bytes(disguises(own)[name])
    assert type(refusal(source, declared)) in (MediaUnreadable, MediaTypeMismatch)
    assert list((tmp_path / "made").iterdir()) == []


def test_a_reference_to_a_file_of_ours_is_not_followed(tmp_path: Path, honest: bytes) -> None:
    """QuickTime can refer to frames in another file."""
    own = tmp_path / "own.mp4"
    own.write_bytes(honest)
    data = honest.replace(b"mdat", b"skip", 1)  # the other file would have them
    url = f"file://{own}".encode() + b"\0"
    entry = struct.pack(">I4sI", 12 + len(url), b"url ", 0) + url
    at = data.index(b"dref") - 4
    (size,) = struct.unpack_from(">I", data, at)
    data = (
        data[:at]
        + struct.pack(">I4sII", 16 + len(entry), b"dref", 0, 1)
        + entry
        + data[at + size :]
    )
    grown = 16 + len(entry) - size
    for box in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        place = data.index(box) - 4
        (was,) = struct.unpack_from(">I", data, place)
        data = data[:place] + struct.pack(">I", was + grown) + data[place + 4 :]
    source = tmp_path / "upload"
    source.write_bytes(data.replace(b"skip", b"free", 1)[: len(data)])
    own.unlink()
    first = outcome(source)
    own.write_bytes(honest)
    assert outcome(source) == first  # whether it exists makes no difference


def outcome(source: Path) -> str:
    try:
        return repr(sorted(attempt(source).variants))
    except MediaError as error:
        return repr(error)


def test_endless_work_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the Lambda might go on, a short video gets only a short time."""
    monkeypatch.setattr(rendering, "_TIME_LIMIT", (0, 0.01))
    source = clip(tmp_path / "upload.mp4", *picture("1280x720", 2), *H264)
    assert type(refusal(source)) is ProcessingFailed


def test_what_is_written_of_it_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "_MAX_WRITTEN", 200_000)
    noise = ("-f", "lavfi", "-i", "nullsrc=s=320x180:d=1,geq=random(1)*255:128:128")
    source = clip(tmp_path / "upload.mp4", *noise, "-c:v", "mjpeg")
    assert refusal(source).code == "media_too_large"


def test_the_reason_repeats_nothing_of_the_file(tmp_path: Path) -> None:
    text = SECRET.decode()
    title = ("-metadata", f"title={text}")
    source = clip(tmp_path / "upload.mp4", *sound(0.5), *title, "-c:a", "aac")
    assert text not in str(refusal(source))
