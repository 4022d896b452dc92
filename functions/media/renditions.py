"""A file made from an upload, as the upload's record and its URLs need to know it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Rendition:
    """One written file; width and height in pixels as shown."""

    path: Path
    content_type: str
    width: int
    height: int

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return self.path.stat().st_size
