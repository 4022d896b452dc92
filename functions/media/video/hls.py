"""The HLS playlists of a video (RFC 8216): the master playlist, and one per rung (`720p` …)."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import TypedDict

from media.renditions import Rendition

TYPE = "application/vnd.apple.mpegurl"
MASTER = "master.m3u8"
_SUFFIX = ".m3u8"
_VERSION = 6  # the first that allows EXT-X-MAP with segments


class Rung(TypedDict):
    """What the playlists need to know about one rung of a video."""

    codecs: str
    width: int
    height: int
    frame_rate: float
    start: int  # offset of the header in the file; the segments follow it
    header: int  # bytes
    segments: list[tuple[float, int]]  # seconds and bytes


def rungs_of(files: Iterable[Rendition]) -> dict[str, Rung]:
    """The rungs of a video, by name, from those of its renditions that can be segmented."""
    return {
        file.path.stem: {
            "codecs": file.hls.codecs,
            "width": file.width,
            "height": file.height,
            "frame_rate": file.hls.frame_rate,
            "start": file.hls.start,
            "header": file.hls.header,
            "segments": file.hls.segments,
        }
        for file in files
        if file.hls
    }


def rung_name(playlist: str) -> str:
    """The name of the rung whose playlist this is; empty if it is not a playlist."""
    return playlist.removesuffix(_SUFFIX) if playlist.endswith(_SUFFIX) else ""


def master(rungs: Mapping[str, Rung], query: str) -> str:
    """The master playlist: it names the rungs' playlists, best first, each with the `query`."""
    lines = ["#EXT-X-INDEPENDENT-SEGMENTS"]
    for name, rung in rungs.items():
        segments = rung["segments"]
        attributes = {
            "BANDWIDTH": peak(segments),
            "AVERAGE-BANDWIDTH": _bit_rate(segments),
            "CODECS": f'"{rung["codecs"]}"',
            "RESOLUTION": f"{rung['width']}x{rung['height']}",
            "FRAME-RATE": f"{rung['frame_rate']:.3f}",
        }
        attribute_list = ",".join(f"{key}={value}" for key, value in attributes.items())
        lines += [f"#EXT-X-STREAM-INF:{attribute_list}", f"{name}{_SUFFIX}?{query}"]
    return _playlist(lines)


def media(rung: Rung, url: str) -> str:
    """The playlist of one rung: the segments of the file at `url`."""
    segments = rung["segments"]
    header, start = rung["header"], rung["start"]
    lines = [
        f"#EXT-X-TARGETDURATION:{_target(segments)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{url}",BYTERANGE="{header}@{start}"',
    ]
    offsets = accumulate((size for _, size in segments), initial=start + header)
    for (seconds, size), offset in zip(segments, offsets, strict=False):
        lines += [f"#EXTINF:{seconds:.3f},", f"#EXT-X-BYTERANGE:{size}@{offset}", url]
    return _playlist([*lines, "#EXT-X-ENDLIST"])


def peak(segments: Sequence[tuple[float, int]]) -> int:
    """The largest bit rate of consecutive segments that together last 0.5 to 1.5 times the target
    duration (RFC 8216, 4.3.4.2); that of all segments if they are too short for that."""
    target = _target(segments)
    rates = [0]
    for first in range(len(segments)):
        for end in range(first + 1, len(segments) + 1):
            group = segments[first:end]
            duration = sum(seconds for seconds, _ in group)
            if duration > 1.5 * target:
                break
            if duration >= 0.5 * target:
                rates.append(_bit_rate(group))
    return max(rates) or _bit_rate(segments)


def _target(segments: Iterable[tuple[float, int]]) -> int:
    """The target duration: that of the longest segment, rounded to whole seconds."""
    return max(1, *(int(seconds + 0.5) for seconds, _ in segments))


def _bit_rate(segments: Iterable[tuple[float, int]]) -> int:
    duration = sum(seconds for seconds, _ in segments)
    return round(sum(size for _, size in segments) * 8 / max(duration, 0.001))


def _playlist(lines: Iterable[str]) -> str:
    return "\n".join(["#EXTM3U", f"#EXT-X-VERSION:{_VERSION}", *lines, ""])
