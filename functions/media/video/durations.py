"""Comparing the duration of a video with a limit in whole seconds.

A duration is rounded to whole seconds before it is compared: encoders fill up their last frames,
and 29.97 frames a second do not end on a second, so a recording up to the limit has 60.03 s.
The packets' own times decide, as they are read. The file is not cut for probing: Matroska does not
say how long a frame lasts, so a frame an hour later would go unnoticed.
Rejected: a limit to the millisecond.
"""

from typing import Final

GRACE: Final = 0.5  # seconds above the limit that are still rounded down


def is_longer(duration: float, limit: float) -> bool:
    """Whether a video of this duration is longer than the limit; both in seconds."""
    return duration >= limit + GRACE
