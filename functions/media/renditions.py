"""A file made from an upload, as the upload's record and its URLs need to know it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Pieces:
    """What a player must know to fetch a film in pieces, as HLS does."""

    codecs: str  # as RFC 6381 writes them
    frame_rate: float
    start: int  # of the header that comes before the segments, in the file
    header: int  # its bytes
    segments: list[tuple[float, int]]  # seconds and bytes; one follows the other


@dataclass(frozen=True, slots=True)
class Rendition:
    """One written file; width and height in pixels as shown."""

    path: Path
    content_type: str
    width: int
    height: int
    pieces: Pieces | None = None  # of a film

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return self.path.stat().st_size
