"""The playlists of a film (RFC 8216): its sizes to choose from, and the pieces of each."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import TypedDict

from media.renditions import Rendition

TYPE = "application/vnd.apple.mpegurl"
MASTER = "master.m3u8"
_SUFFIX = ".m3u8"
_VERSION = 6  # the first that has EXT-X-MAP beside segments


class Rung(TypedDict):
    """What the playlists tell of one size of a film."""

    codecs: str
    width: int
    height: int
    frame_rate: float
    start: int  # of the header, in the file; the segments follow it
    header: int  # bytes
    segments: list[tuple[float, int]]  # seconds and bytes


def rungs_of(files: Iterable[Rendition]) -> dict[str, Rung]:
    """What is to be kept of a film's sizes, for its playlists; nothing of other files."""
    return {
        made.path.stem: {
            "codecs": made.pieces.codecs,
            "width": made.width,
            "height": made.height,
            "frame_rate": made.pieces.frame_rate,
            "start": made.pieces.start,
            "header": made.pieces.header,
            "segments": made.pieces.segments,
        }
        for made in files
        if made.pieces
    }


def rung_named(playlist: str) -> str:
    """The size whose playlist has this name."""
    return playlist.removesuffix(_SUFFIX) if playlist.endswith(_SUFFIX) else ""


def master(rungs: Mapping[str, Rung], query: str) -> str:
    """The playlist that names those of the sizes, best first; they take the same `query`."""
    lines = ["#EXT-X-INDEPENDENT-SEGMENTS"]
    for name, rung in rungs.items():
        segments = rung["segments"]
        attributes = {
            "BANDWIDTH": peak(segments),
            "AVERAGE-BANDWIDTH": _bits_a_second(segments),
            "CODECS": f'"{rung["codecs"]}"',
            "RESOLUTION": f"{rung['width']}x{rung['height']}",
            "FRAME-RATE": f"{rung['frame_rate']:.3f}",
        }
        listed = ",".join(f"{key}={value}" for key, value in attributes.items())
        lines += [f"#EXT-X-STREAM-INF:{listed}", f"{name}{_SUFFIX}?{query}"]
    return _playlist(lines)


def media(rung: Rung, url: str) -> str:
    """The playlist of one size: the pieces of the file at `url`."""
    segments = rung["segments"]
    header, start = rung["header"], rung["start"]
    lines = [
        f"#EXT-X-TARGETDURATION:{_target(segments)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{url}",BYTERANGE="{header}@{start}"',
    ]
    places = accumulate((size for _, size in segments), initial=start + header)
    for (seconds, size), place in zip(segments, places, strict=False):
        lines += [f"#EXTINF:{seconds:.3f},", f"#EXT-X-BYTERANGE:{size}@{place}", url]
    return _playlist([*lines, "#EXT-X-ENDLIST"])


def peak(segments: Sequence[tuple[float, int]]) -> int:
    """The largest bit rate of segments in a row that last 0.5 to 1.5 times the target duration
    together (RFC 8216, 4.3.4.2); of all of them, if they are too short for that."""
    target = _target(segments)
    rates = [0]
    for first in range(len(segments)):
        for end in range(first + 1, len(segments) + 1):
            some = segments[first:end]
            lasts = sum(seconds for seconds, _ in some)
            if lasts > 1.5 * target:
                break
            if lasts >= 0.5 * target:
                rates.append(_bits_a_second(some))
    return max(rates) or _bits_a_second(segments)


def _target(segments: Iterable[tuple[float, int]]) -> int:
    """No segment lasts longer, rounded to whole seconds."""
    return max(1, *(int(seconds + 0.5) for seconds, _ in segments))


def _bits_a_second(segments: Iterable[tuple[float, int]]) -> int:
    lasts = sum(seconds for seconds, _ in segments)
    return round(sum(size for _, size in segments) * 8 / max(lasts, 0.001))


def _playlist(lines: Iterable[str]) -> str:
    return "\n".join(["#EXTM3U", f"#EXT-X-VERSION:{_VERSION}", *lines, ""])
