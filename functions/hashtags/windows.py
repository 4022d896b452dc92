"""The stretches of time in which uses of tags are counted, to tell what trends from what was ever
popular."""

import zlib

from shared.ids import time_of

WIDTH = 6 * 3600  # seconds
LIFE = 7 * 24 * 3600  # seconds that a window counts after its end
PARTS = 4  # of a window, by tag: all that is posted at one time would be too much for one partition
_SPARE = 24 * 3600  # seconds that a window is kept beyond its life


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
    """When a window may vanish, in epoch seconds."""
    return end_of(number) + LIFE + _SPARE


def number_of(post_id: str) -> int:
    """The number of the window in which a post was made."""
    return number_at(time_of(post_id))


def window_of(number: int, tag: str) -> str:
    """The partition that counts a tag in a window."""
    return f"{number}#{zlib.crc32(tag.encode()) % PARTS}"


def parts_of(number: int) -> list[str]:
    """The partitions of a window."""
    return [f"{number}#{part}" for part in range(PARTS)]
