"""What an uploaded video is, as its packets and its first picture tell, not as its header claims.

There is no ffprobe in the layer (it would double its size), and the text that `ffmpeg -i` prints
is for people. The `framecrc` output is for machines: ffmpeg's own tests are built on it.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Final

from media.errors import MediaTooLong, MediaTooManyPixels, MediaUnreadable
from media.file_types import VIDEO_TYPES, checked_type
from media.video import ffmpeg
from media.video.durations import GRACE
from media.video.ffmpeg import FfmpegFailed

MAX_FRAME_PIXELS: Final = 8192 * 4352  # 8K, the largest that H.264, HEVC and VP9 know
_LONGEST_SIDE: Final = 16_384  # of H.264's encoder
_DEMUXER: Final = {
    **dict.fromkeys(("video/mp4", "video/quicktime"), "mov"),
    **dict.fromkeys(("video/webm", "video/x-matroska"), "matroska"),
}
_MOST_PACKETS: Final = 2000  # a second, of pictures and sound: eight times a phone's slow motion
_HDR: Final = re.compile(r"Parsed_showinfo.* color_trc:(smpte2084|arib-std-b67)")
_INTERLACED: Final = re.compile(r"Parsed_showinfo.* i:[TB] ")


@dataclass(frozen=True, slots=True)
class Video:
    """A file that ffmpeg can read; width and height as shown: turned upright, pixels square."""

    source: Path
    content_type: str
    duration: float  # seconds, of the longest stream
    picture_duration: float  # seconds; sound may last longer
    frames: int
    width: int
    height: int
    video_codec: str  # ffmpeg's names: h264, hevc, vp9 …
    audio_codec: str | None  # None: no sound, or none that ffmpeg knows
    hdr_transfer: str | None  # smpte2084 (HDR10) or arib-std-b67 (HLG), as phones record
    is_interlaced: bool  # every other line is of another moment, as television cameras record

    @property
    def input(self) -> list[str]:
        """ffmpeg's arguments that read this file."""
        return _input(self.source, self.content_type)


def probe(
    source: Path, *, declared: str, max_bytes: int, max_seconds: float, seconds: float
) -> Video:
    """Look at a file; raises a MediaError for what is no such video, is damaged, or breaks a bound.

    `seconds` bounds the time that each of the two looks may take.
    """
    content_type = checked_type(
        source, declared=declared, accepted=VIDEO_TYPES, max_bytes=max_bytes
    )
    arguments = _input(source, content_type)
    try:
        packets = _packets(arguments, max_seconds, seconds)
        _check_frame(packets.width, packets.height)
        frame = _first_frame(arguments, seconds)
    except FfmpegFailed as error:
        raise MediaUnreadable("The video is damaged, incomplete or without a picture.") from error
    _check_frame(frame.width, frame.height)
    return Video(
        source=source,
        content_type=content_type,
        duration=round(float(packets.duration), 3),
        picture_duration=round(float(packets.lasts(0)), 3),
        frames=packets.frames,
        width=frame.width,
        height=frame.height,
        video_codec=packets.codecs[0],
        audio_codec=None if packets.codecs.get(1) == "none" else packets.codecs.get(1),
        hdr_transfer=frame.hdr_transfer,
        is_interlaced=frame.is_interlaced,
    )


def _input(source: Path, content_type: str) -> list[str]:
    # The demuxer is fixed and only files are opened: a playlist in disguise reads nothing of ours.
    return [
        *("-protocol_whitelist", "file", "-max_pixels", str(MAX_FRAME_PIXELS)),
        *("-f", _DEMUXER[content_type], "-i", f"file:{source}"),
    ]


def _check_frame(width: int, height: int) -> None:
    if width * height > MAX_FRAME_PIXELS or max(width, height) > _LONGEST_SIDE:
        raise MediaTooManyPixels(f"The video is {width} × {height} pixels, more than 8K.")


@dataclass(slots=True)
class _Packets:
    """What the lines of a framecrc output say: `#name stream: value`, then one line a packet."""

    codecs: dict[int, str] = field(default_factory=dict)
    time_bases: dict[int, Fraction] = field(default_factory=dict)
    width: int = 0
    height: int = 0
    aspect: Fraction = Fraction(1)  # of one pixel
    frames: int = 0
    most: int = 0  # packets that there may be
    max_seconds: float = inf
    count: int = 0
    ends: dict[int, int] = field(default_factory=dict)
    latest: dict[int, float] = field(default_factory=dict)  # in which streams may not end any more

    def read(self, line: str) -> None:
        if line.startswith("#"):
            self._read_header(line)
        elif len(fields := line.split(",", 4)) == 5:
            stream, shown, lasts = int(fields[0]), int(fields[2]), int(fields[3])
            self.ends[stream] = max(self.ends.get(stream, 0), shown + lasts)
            if self.ends[stream] >= self.latest[stream]:
                raise MediaTooLong(
                    f"The video is longer than the {self.max_seconds:g} seconds allowed."
                )
            self.frames += stream == 0
            self.count += 1
            if self.count > self.most:
                raise MediaUnreadable("The video has more pictures than anybody could see.")

    def _read_header(self, line: str) -> None:
        name, _, value = line[1:].partition(": ")
        name, _, stream = name.partition(" ")
        match name:
            case "codec_id":
                self.codecs[int(stream)] = value
            case "tb":
                self.time_bases[int(stream)] = base = Fraction(value)
                self.latest[int(stream)] = (self.max_seconds + GRACE) / float(base)
            case "dimensions":
                width, _, height = value.partition("x")
                self.width, self.height = int(width), int(height)
            case "sar" if not value.startswith("0/"):
                self.aspect = Fraction(value)

    def lasts(self, stream: int) -> Fraction:
        return self.time_bases[stream] * self.ends[stream]

    @property
    def duration(self) -> Fraction:
        return max((self.lasts(stream) for stream in self.ends), default=Fraction())


def _packets(arguments: list[str], max_seconds: float, seconds: float) -> _Packets:
    """Unpack the whole file, decoding nothing: real length, codecs; cut or broken files fail."""
    packets = _Packets(most=round((max_seconds + 1) * _MOST_PACKETS), max_seconds=max_seconds)
    ffmpeg.run(
        [
            *("-xerror", *arguments, "-map", "0:V:0", "-map", "0:a:0?", "-c", "copy"),
            *("-f", "framecrc", "pipe:1"),
        ],
        seconds=seconds,
        on_line=packets.read,
    )
    if not packets.frames:
        raise MediaUnreadable("The video has no picture.")
    return packets


@dataclass(frozen=True, slots=True)
class _Frame:
    """A decoded picture; width and height as shown."""

    width: int
    height: int
    hdr_transfer: str | None
    is_interlaced: bool


def _first_frame(arguments: list[str], seconds: float) -> _Frame:
    frame = _Packets(most=1)
    log = ffmpeg.run(
        [
            *(*arguments, "-map", "0:V:0", "-vf", "showinfo", "-map_metadata", "-1"),
            *("-frames:v", "1", "-c:v", "rawvideo", "-f", "framecrc", "pipe:1"),
        ],
        seconds=seconds,
        on_line=frame.read,
        level="info",
    )
    if not frame.frames:
        raise MediaUnreadable("The video has no picture that can be decoded.")
    hdr = _HDR.search(log)
    return _Frame(
        width=max(1, round(frame.width * frame.aspect)),
        height=frame.height,
        hdr_transfer=hdr and hdr[1],
        is_interlaced=bool(_INTERLACED.search(log)),
    )
