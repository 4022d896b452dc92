"""Renditions: the files that are rendered from an upload."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class HlsIndex:
    """Where the HLS header and segments lie in an MP4 file."""

    codecs: str  # in the notation of RFC 6381
    frame_rate: float
    start: int  # offset of the header, which the segments follow
    header: int  # bytes
    segments: list[tuple[float, int]]  # seconds and bytes


@dataclass(frozen=True, slots=True)
class Rendition:
    """One written file; width and height in pixels as shown."""

    path: Path
    content_type: str
    width: int
    height: int
    hls: HlsIndex | None = None  # of a video

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return self.path.stat().st_size
