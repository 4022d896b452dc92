"""What people see of a video: every frame, in the same colours in each rung, and its thumbnail."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from media.errors import MediaTooManyPixels, MediaUnreadable
from media.video import ffmpeg, rendering
from media.video.probe import probe
from media.video.rendering import RenderedVideo
from tests.unit.media.samples import H264, clip, corners, four_corners, picture, saved, sound

type Render = Callable[..., RenderedVideo]
type Colour = tuple[int, ...]

BOUNDS = {"max_bytes": 50_000_000, "max_seconds": 60.0}
FRAGMENTS = ("-g", "25", "-movflags", "frag_keyframe+empty_moov")


@pytest.fixture
def render(tmp_path: Path) -> Render:
    def run(source: Path, declared: str = "video/mp4") -> RenderedVideo:
        into = tmp_path / "made"
        into.mkdir(exist_ok=True)
        return rendering.render(source, into, declared=declared, **BOUNDS, deadline=120)

    return run


def pixels(path: Path, matrix: str, at: float = 0.1) -> Image.Image:
    """A frame as a player shows it that knows the matrix."""
    raw = subprocess.run(
        [
            *(ffmpeg.binary(), "-nostdin", "-v", "error", "-i", str(path), "-ss", str(at)),
            *("-frames:v", "1", "-vf", f"scale=in_color_matrix={matrix}", "-pix_fmt", "rgb24"),
            *("-f", "image2pipe", "-c:v", "ppm", "pipe:1"),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    ).stdout
    from io import BytesIO

    return Image.open(BytesIO(raw))


def colour(image: Image.Image) -> Colour:
    shown = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
    assert isinstance(shown, tuple)
    return tuple(int(part) for part in shown)


def described(path: Path) -> str:
    shown = subprocess.run(
        [ffmpeg.binary(), "-hide_banner", "-i", path], check=False, capture_output=True, text=True
    ).stderr
    return next(line for line in shown.splitlines() if "Video:" in line)


ORANGE = (0xE0, 0x60, 0x30)
UNTAGGED = "range=unknown:colorspace=unknown"


def coloured(path: Path, size: str, matrix: str, range_: str, tags: str) -> Path:
    """An orange clip in this matrix and range. What it says of them are its tags alone."""
    converted = f"scale=out_color_matrix={matrix}:out_range={range_},format=yuv420p"
    return clip(
        path,
        *("-f", "lavfi", "-i", f"color=0xE06030:s={size}:r=10:d=0.4,format=gbrp"),
        *("-vf", f"{converted},setparams={tags}", "-c:v", "libx264", "-preset", "ultrafast"),
    )


@pytest.mark.parametrize(
    ("size", "matrix", "range_", "tags"),
    [
        ("1280x720", "bt601", "pc", "range=pc:colorspace=smpte170m"),
        ("1280x720", "bt709", "pc", "range=pc:colorspace=bt709"),
        ("640x480", "bt709", "tv", "range=tv:colorspace=bt709"),
        ("1280x720", "bt601", "tv", "range=tv:colorspace=bt470bg"),
        ("1280x720", "bt709", "tv", UNTAGGED),
        ("720x1280", "bt709", "tv", UNTAGGED),
        ("640x480", "bt601", "tv", UNTAGGED),
        ("720x576", "bt601", "tv", UNTAGGED),
        ("1280x720", "bt709", "pc", "range=pc:colorspace=unknown"),
    ],
    ids=[
        "full 601",
        "full 709",
        "small 709",
        "large 601",
        "HD",
        "upright HD",
        "SD",
        "PAL",
        "full HD",
    ],
)
def test_every_rung_has_the_colours_of_the_upload(
    tmp_path: Path, render: Render, size: str, matrix: str, range_: str, tags: str
) -> None:
    made = render(coloured(tmp_path / "upload.mp4", size, matrix, range_, tags))
    for file in made.variants.values():
        assert "yuv420p(tv, bt709" in described(file.path)
        assert colour(pixels(file.path, "bt709")) == pytest.approx(ORANGE, abs=4)
        assert colour(pixels(file.path, "auto")) == pytest.approx(ORANGE, abs=4)
    for still in (made.poster, made.preview):
        with Image.open(still.path) as image:
            assert colour(image) == pytest.approx(ORANGE, abs=6)


def test_wide_colours_become_narrow(tmp_path: Path, render: Render) -> None:
    """BT.2020 without HDR: the same numbers mean stronger colours there."""
    tags = "range=tv:colorspace=bt2020nc:color_primaries=bt2020:color_trc=bt709"
    made = render(coloured(tmp_path / "upload.mp4", "640x360", "bt2020", "tv", tags))
    red, green, _ = colour(pixels(made.variants["360p"].path, "bt709"))
    assert red > ORANGE[0] + 10
    assert green < ORANGE[1]
    assert "yuv420p(tv, bt709, " in described(made.variants["360p"].path)


def test_primaries_that_screens_show_alike_stay_named(tmp_path: Path, render: Render) -> None:
    tags = "range=tv:colorspace=bt470bg:color_primaries=bt470bg:color_trc=smpte170m"
    made = render(coloured(tmp_path / "upload.mp4", "640x360", "bt601", "tv", tags))
    assert "bt709/bt470bg/smpte170m" in described(made.variants["360p"].path)


# A size that changes on the way.


def changing(folder: Path, *sizes: str, seconds: float = 0.6, more: Sequence[str] = ()) -> Path:
    parts = [
        clip(folder / f"{at}.h264", *picture(size, seconds), *H264, *more)
        for at, size in enumerate(sizes)
    ]
    joined = folder / "joined.h264"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    return clip(folder / "upload.mp4", "-i", str(joined), "-c", "copy")


def frames(path: Path) -> int:
    return probe(path, declared="video/mp4", **BOUNDS, seconds=30).frames


@pytest.mark.parametrize(
    "sizes",
    [
        ("320x180", "640x360"),
        ("640x360", "320x180"),
        ("640x360", "360x640"),
        ("360x640", "640x360", "360x640", "64x64"),
        ("480x480", "482x480"),
        ("1280x720", "640x360", "1280x720"),
    ],
    ids=lambda sizes: "-".join(sizes),
)
def test_no_frame_is_lost_when_the_size_changes(
    tmp_path: Path, render: Render, sizes: tuple[str, ...]
) -> None:
    source = changing(tmp_path, *sizes)
    made = render(source)
    width, height = map(int, sizes[0].split("x"))
    assert (made.width, made.height) == (width, height)
    assert frames(source) == 15 * len(sizes)
    for file in made.variants.values():
        assert frames(file.path) == 15 * len(sizes)


def test_a_turned_picture_gets_bars(tmp_path: Path, render: Render) -> None:
    still = saved(four_corners(320, 180), tmp_path / "still.png", "PNG")
    upright = saved(four_corners(180, 320), tmp_path / "upright.png", "PNG")
    parts = [
        clip(tmp_path / f"{at.stem}.h264", "-loop", "1", "-i", str(at), "-t", "0.4", *H264)
        for at in (still, upright)
    ]
    joined = tmp_path / "joined.h264"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    made = render(clip(tmp_path / "upload.mp4", "-i", str(joined), "-c", "copy"))
    file = made.variants["360p"]
    assert (file.width, file.height) == (320, 180)
    first, second = pixels(file.path, "bt709", 0.1), pixels(file.path, "bt709", 0.6)
    first.save(tmp_path / "first.png")
    assert corners(tmp_path / "first.png") == ["red", "lime", "blue", "white"]
    assert max(second.getpixel((20, 90))) < 20  # type: ignore[arg-type]
    assert max(second.getpixel((300, 90))) < 20  # type: ignore[arg-type]
    # 101 pixels of 180 × 320, with their shape.
    second.crop((110, 0, 210, 180)).save(tmp_path / "second.png")
    assert corners(tmp_path / "second.png") == ["red", "lime", "blue", "white"]


# The thumbnail is the picture on screen at one second.


def lasting(path: Path, *colours: tuple[str, float]) -> Path:
    """Pictures of one colour, each with a single frame that lasts so many seconds."""
    starts = [sum(seconds for _, seconds in colours[:at]) for at in range(len(colours) + 1)]
    boxes = ",".join(
        f"drawbox=c={name}:t=fill:enable='gte(t,{start - 0.005:.3f})'"
        for (name, _), start in zip(colours, starts, strict=False)
    )
    kept = "+".join(f"eq(n,{round(start * 100)})" for start in (*starts[:-1], starts[-1] - 0.01))
    return clip(
        path,
        *("-f", "lavfi", "-i", f"color=s=160x120:r=100:d={starts[-1]}"),
        *("-vf", f"{boxes},select='{kept}'", "-fps_mode", "vfr", *H264, "-bf", "0"),
    )


@pytest.mark.parametrize(
    ("colours", "shown"),
    [
        ([("red", 4.0), ("blue", 4.0)], "red"),
        ([("red", 0.5), ("lime", 4.0), ("blue", 1.0)], "lime"),
        ([("red", 0.8), ("lime", 0.7)], "lime"),
        ([("red", 1.2), ("lime", 0.3)], "red"),
        ([("red", 0.9), ("lime", 0.1), ("blue", 1.0)], "blue"),
        ([("red", 0.2), ("lime", 0.4), ("blue", 0.2)], "lime"),
    ],
    ids=["sparse", "between", "brief", "brief and sparse", "exactly then", "middle"],
)
@pytest.mark.parametrize("kind", ["mp4", "mkv"])
def test_the_thumbnail_is_on_screen_at_one_second(
    tmp_path: Path, render: Render, kind: str, colours: list[tuple[str, float]], shown: str
) -> None:
    made = render(lasting(tmp_path / f"upload.{kind}", *colours))
    assert set(corners(made.poster.path)) == {shown}


def test_the_thumbnail_of_a_video_whose_pictures_begin_late(tmp_path: Path, render: Render) -> None:
    late = ("-itsoffset", "2", "-f", "lavfi", "-i", "color=lime:s=160x120:r=10:d=1")
    source = clip(tmp_path / "upload.mp4", *sound(4), *late, *H264, "-c:a", "aac")
    assert set(corners(render(source).poster.path)) == {"lime"}


def test_the_thumbnail_counts_from_the_start_when_the_size_changes(
    tmp_path: Path, render: Render
) -> None:
    """ffmpeg begins to count again where the size changes."""
    one = ("-f", "lavfi", "-i", "color=red:s=160x120:r=10:d=0.5")
    two = "color=lime:s=320x240:r=10:d=2,drawbox=c=blue:t=fill:enable='gt(t,0.75)'"
    parts = [
        clip(tmp_path / "one.h264", *one, *H264),
        clip(tmp_path / "two.h264", "-f", "lavfi", "-i", two, *H264),
    ]
    joined = tmp_path / "joined.h264"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    rate = ("-r", "10", "-i", str(joined), "-c", "copy")
    assert set(corners(render(clip(tmp_path / "upload.mp4", *rate)).poster.path)) == {"lime"}


# What is broken, and what is missing.

WITH_SOUND = (*picture("160x120", 4), *sound(4), *H264, "-g", "25", "-c:a", "aac")


def broken(data: bytes, name: str) -> bytes:
    """A clip whose sound is broken, and nothing else."""
    changed = bytearray(data)
    if name == "offsets":  # of samples, beyond the end of the file
        at = data.index(b"stco", data.index(b"soun"))
        count = int.from_bytes(data[at + 8 : at + 12])
        changed[at + 12 : at + 12 + 4 * count] = (2**31 - 9).to_bytes(4) * count
    elif name == "header":
        at = data.index(b"esds")
        changed[at + 8 : at + 40] = b"\xff" * 32
    else:
        at = data.index(b"stsz", data.index(b"soun"))
        count = int.from_bytes(data[at + 12 : at + 16])
        changed[at + 16 : at + 16 + 4 * count] = (2**24).to_bytes(4) * count
    return bytes(changed)


@pytest.mark.parametrize("name", ["offsets", "header", "sizes"])
def test_of_a_film_with_broken_sound_the_pictures_stay(
    tmp_path: Path, render: Render, name: str
) -> None:
    source = clip(tmp_path / "upload.mp4", *WITH_SOUND)
    source.write_bytes(broken(source.read_bytes(), name))
    made = render(source)
    assert made.duration == pytest.approx(4, abs=0.1)
    assert frames(made.variants["360p"].path) == 100
    if name != "header":  # whose sound ffmpeg reads all the same
        assert not made.has_audio


@pytest.mark.parametrize("part", [0.3, 0.5, 0.7, 0.95])
@pytest.mark.parametrize(
    ("name", "declared", "more"),
    [
        ("fragments.mp4", "video/mp4", FRAGMENTS),
        ("plain.mp4", "video/mp4", ("-movflags", "+faststart")),
        ("known.mkv", "video/x-matroska", ()),
    ],
)
def test_a_film_without_its_end_is_refused(
    tmp_path: Path,
    render: Render,
    name: str,
    declared: str,
    more: tuple[str, ...],
    part: float,
) -> None:
    source = clip(tmp_path / name, *WITH_SOUND, *more)
    whole = source.read_bytes()
    source.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(MediaUnreadable, match="incomplete"):
        render(source, declared)


def test_a_film_that_ends_between_a_fragment_and_its_samples(
    tmp_path: Path, render: Render
) -> None:
    source = clip(tmp_path / "upload.mp4", *WITH_SOUND, *FRAGMENTS)
    whole = source.read_bytes()
    at = whole.rindex(b"mdat") - 4
    source.write_bytes(whole[:at])
    with pytest.raises(MediaUnreadable, match="incomplete"):
        render(source)


@pytest.mark.parametrize("rest", [b"\0", b"\0" * 8, b"garbage" * 9, b"\xff\xff\xff\xffjunk"])
def test_what_follows_the_end_of_a_film_is_ignored(
    tmp_path: Path, render: Render, rest: bytes
) -> None:
    source = clip(tmp_path / "upload.mp4", *picture("160x120", 0.4), *H264)
    source.write_bytes(source.read_bytes() + rest)
    assert frames(render(source).variants["360p"].path) == 10


def test_a_recording_without_a_length_is_as_long_as_it_is(tmp_path: Path, render: Render) -> None:
    """As a browser leaves it whose tab was closed."""
    live = ("-c:v", "libvpx", "-deadline", "realtime", "-g", "10", "-live", "1")
    source = clip(tmp_path / "upload.webm", *picture("160x120", 2), *live)
    whole = source.read_bytes()
    source.write_bytes(whole[: len(whole) * 3 // 4])
    assert 1 < render(source, "video/webm").duration < 2


def test_the_reason_is_the_codec(tmp_path: Path, render: Render) -> None:
    for name, codec, declared in (
        ("a.mp4", b"avc1", "video/mp4"),
        ("a.mkv", b"MPEG4/ISO/AVC", "video/x-matroska"),
    ):
        source = clip(tmp_path / name, *picture("160x120", 0.4), *H264)
        source.write_bytes(source.read_bytes().replace(codec, b"Z" * len(codec)))
        with pytest.raises(MediaUnreadable, match="codec"):
            render(source, declared)


@pytest.mark.parametrize("codec", ["libvpx", "libvpx-vp9"])
def test_the_reason_is_the_size(tmp_path: Path, render: Render, codec: str) -> None:
    large = ("-f", "lavfi", "-i", "color=gray:s=8192x4400:r=5:d=0.2", "-c:v", codec)
    source = clip(tmp_path / "upload.webm", *large, "-deadline", "realtime", "-cpu-used", "8")
    with pytest.raises(MediaTooManyPixels, match="8192 × 4400"):
        render(source, "video/webm")
