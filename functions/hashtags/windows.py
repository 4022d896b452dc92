"""Windows: the periods in which uses of tags are counted, so that recent use can be ranked."""

import zlib

from shared.ids import time_of

WIDTH = 6 * 3600  # seconds
LIFE = 7 * 24 * 3600  # seconds that a window counts after its end
PARTS = 4  # of a window, by tag: one partition could not take all that is posted at one time
_GRACE = 24 * 3600  # seconds that a window is kept after it no longer counts


def number_at(moment: float) -> int:
    """The number of the window that a moment is in."""
    return int(moment // WIDTH)


def end_of(number: int) -> int:
    """When a window ends, in epoch seconds."""
    return (number + 1) * WIDTH


def counts_at(number: int, moment: float) -> bool:
    """Whether a window counts at this moment."""
    return end_of(number) + LIFE > moment


def expiry_of(number: int) -> int:
    """When a window may be deleted, in epoch seconds."""
    return end_of(number) + LIFE + _GRACE


def number_of(post_id: str) -> int:
    """The number of the window in which a post was created."""
    return number_at(time_of(post_id))


def window_of(number: int, tag: str) -> str:
    """The partition in which a tag is counted for a window."""
    return f"{number}#{zlib.crc32(tag.encode()) % PARTS}"


def parts_of(number: int) -> list[str]:
    """The partitions of a window."""
    return [f"{number}#{part}" for part in range(PARTS)]
