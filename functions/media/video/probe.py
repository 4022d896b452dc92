"""Probing an uploaded video by its packets and its first frame, not by what its header claims.

There is no ffprobe in the layer (it would double its size), and the output of `ffmpeg -i` is meant
for people. The `framecrc` output is machine-readable: ffmpeg's own tests are built on it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Final

from media.errors import MediaTooLong, MediaTooManyPixels, MediaUnreadable
from media.file_types import VIDEO_TYPES, checked_type
from media.video import colours, completeness, ffmpeg
from media.video.colours import Colours
from media.video.durations import GRACE
from media.video.ffmpeg import FfmpegFailed

MAX_FRAME_PIXELS: Final = 8192 * 4352  # 8K, the largest of H.264, HEVC and VP9
_LONGEST_SIDE: Final = 16_384  # of H.264's encoder
_DEMUXER: Final = {
    **dict.fromkeys(("video/mp4", "video/quicktime"), "mov"),
    **dict.fromkeys(("video/webm", "video/x-matroska"), "matroska"),
}
_MAX_PACKETS: Final = 2000  # a second, of video and audio: eight times a phone's slow motion
_POSTER_AT: Final = 1.0  # seconds; in shorter videos, the middle
_TOO_LARGE: Final = re.compile(r"Picture size (\d+)x(\d+) ")
_INTERLACED: Final = re.compile(r"Parsed_showinfo.* i:[TB] ")


@dataclass(frozen=True, slots=True)
class Video:
    """A file that ffmpeg can read. Width and height as shown: turned upright, square pixels."""

    source: Path
    content_type: str
    duration: float  # seconds, of the longest stream
    video_duration: float  # seconds, of the video stream; sound may last longer
    frames: int
    width: int
    height: int
    video_codec: str  # ffmpeg's names: h264, hevc, vp9 …
    audio_codec: str | None  # None: no sound, or a codec that ffmpeg does not know
    colours: Colours
    poster_at: float  # when the frame begins that is on screen at one second, or in the middle
    is_interlaced: bool  # every other line is from another moment, as in television

    @property
    def input(self) -> list[str]:
        """ffmpeg's arguments that read this file."""
        return _input(self.source, self.content_type)


def probe(
    source: Path, *, declared: str, max_bytes: int, max_seconds: float, seconds: float
) -> Video:
    """Probe a file. Raises a MediaError if it is of another kind, damaged or over a limit.

    `seconds`: how long each of the runs of ffmpeg may take.
    """
    content_type = checked_type(
        source, declared=declared, accepted=VIDEO_TYPES, max_bytes=max_bytes
    )
    completeness.check(source, content_type)
    arguments = _input(source, content_type)
    try:
        packets = _packets(arguments, max_seconds, seconds)
        _check_frame(packets.width, packets.height)
        frame = _first_frame(arguments, seconds)
    except FfmpegFailed as error:
        if found := _TOO_LARGE.search(error.log):
            _check_frame(int(found[1]), int(found[2]))
        raise MediaUnreadable("The video is damaged, incomplete or without a picture.") from error
    _check_frame(frame.width, frame.height)
    return Video(
        source=source,
        content_type=content_type,
        duration=round(float(packets.duration), 3),
        video_duration=round(float(packets.duration_of(0)), 3),
        frames=packets.frames,
        width=frame.width,
        height=frame.height,
        video_codec=packets.codecs[0],
        audio_codec=None if packets.codecs.get(1) == "none" else packets.codecs.get(1),
        colours=frame.colours,
        poster_at=packets.shown_at(_POSTER_AT),
        is_interlaced=frame.is_interlaced,
    )


def _input(source: Path, content_type: str) -> list[str]:
    # With a fixed demuxer and files as the only protocol, a disguised playlist reads nothing.
    return [
        *("-protocol_whitelist", "file", "-max_pixels", str(MAX_FRAME_PIXELS)),
        *("-f", _DEMUXER[content_type], "-i", f"file:{source}"),
    ]


def _check_frame(width: int, height: int) -> None:
    if width * height > MAX_FRAME_PIXELS or max(width, height) > _LONGEST_SIDE:
        raise MediaTooManyPixels(f"The video is {width} × {height} pixels, more than 8K.")


@dataclass(slots=True)
class _Packets:
    """Parser of framecrc output: lines `#name stream: value`, then one line for each packet."""

    codecs: dict[int, str] = field(default_factory=dict)
    time_bases: dict[int, Fraction] = field(default_factory=dict)
    width: int = 0
    height: int = 0
    aspect: Fraction = Fraction(1)  # of one pixel
    frames: int = 0
    max_count: int = 0  # of packets
    max_seconds: float = inf
    count: int = 0
    ends: dict[int, int] = field(default_factory=dict)
    limits: dict[int, float] = field(default_factory=dict)  # of `ends`, exclusive
    starts: list[int] = field(
        default_factory=list
    )  # of the first frame, and those up to the poster's time

    def read(self, line: str) -> None:
        if line.startswith("#"):
            self._read_header(line)
        elif len(fields := line.split(",", 4)) == 5:
            stream, shown, duration = int(fields[0]), int(fields[2]), int(fields[3])
            self.ends[stream] = max(self.ends.get(stream, 0), shown + duration)
            if self.ends[stream] >= self.limits[stream]:
                raise MediaTooLong(
                    f"The video is longer than the {self.max_seconds:g} seconds allowed."
                )
            if stream == 0:
                self.frames += 1
                if not self.starts or shown * self.time_bases[0] <= _POSTER_AT:
                    self.starts.append(shown)
            self.count += 1
            if self.count > self.max_count:
                raise MediaUnreadable("The video has too many frames.")

    def _read_header(self, line: str) -> None:
        name, _, value = line[1:].partition(": ")
        name, _, stream = name.partition(" ")
        match name:
            case "codec_id":
                self.codecs[int(stream)] = value
            case "tb":
                self.time_bases[int(stream)] = base = Fraction(value)
                self.limits[int(stream)] = (self.max_seconds + GRACE) / float(base)
            case "dimensions":
                width, _, height = value.partition("x")
                self.width, self.height = int(width), int(height)
            case "sar" if not value.startswith("0/"):
                self.aspect = Fraction(value)

    def duration_of(self, stream: int) -> Fraction:
        return self.time_bases[stream] * self.ends[stream]

    def shown_at(self, moment: float) -> float:
        """When the frame begins that is on screen then, or in the middle of a shorter video."""
        duration, base = self.duration_of(0), self.time_bases[0]
        at = moment if duration > moment else duration / 2
        times = [start * base for start in self.starts]
        return max(0.0, float(max((time for time in times if time <= at), default=min(times))))

    @property
    def duration(self) -> Fraction:
        return max((self.duration_of(stream) for stream in self.ends), default=Fraction())


def _packets(arguments: list[str], max_seconds: float, seconds: float) -> _Packets:
    """Demux the whole file without decoding: real duration, codecs; broken files raise.

    Sound that is broken may end the whole file, even silently. So pictures are read alone as well,
    and sound that hides any of them is left out.
    """
    try:
        packets = _packets_of(arguments, ("-map", "0:a:0?"), max_seconds, seconds)
    except (FfmpegFailed, MediaUnreadable):
        return _packets_of(arguments, (), max_seconds, seconds)
    if len(packets.codecs) == 1:
        return packets
    pictures = _packets_of(arguments, (), max_seconds, seconds)
    return pictures if pictures.frames > packets.frames else packets


def _packets_of(
    arguments: list[str], sound: Sequence[str], max_seconds: float, seconds: float
) -> _Packets:
    packets = _Packets(max_count=round((max_seconds + 1) * _MAX_PACKETS), max_seconds=max_seconds)
    try:
        ffmpeg.run(
            [
                *("-xerror", *arguments, "-map", "0:V:0", *sound, "-c", "copy"),
                *("-f", "framecrc", "pipe:1"),
            ],
            seconds=seconds,
            on_line=packets.read,
        )
    finally:  # packets without times, which is an error, have no times because of the codec
        if packets.codecs.get(0) == "none":
            raise MediaUnreadable("The codec of the video is not one that we can read.")
    if not packets.frames:
        raise MediaUnreadable("The video has no picture.")
    return packets


@dataclass(frozen=True, slots=True)
class _Frame:
    """A decoded frame; width and height as shown."""

    width: int
    height: int
    colours: Colours
    is_interlaced: bool


def _first_frame(arguments: list[str], seconds: float) -> _Frame:
    frame = _Packets(max_count=1)
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
    return _Frame(
        width=max(1, round(frame.width * frame.aspect)),
        height=frame.height,
        colours=colours.read(log, frame.width, frame.height),
        is_interlaced=bool(_INTERLACED.search(log)),
    )
