"""Comparing the duration of a video with a limit in whole seconds.

Encoders fill up their last frames, and 29.97 frames a second do not end on a second: a recording
up to the limit has 60.03 s. So limits are in whole seconds, rounded. Whether a video is too long
is decided by the packets' own times as they are read; the file is not cut for probing, because
Matroska does not say how long a frame lasts, and a frame an hour later went unnoticed.
Rejected: a limit to the millisecond.
"""

from typing import Final

GRACE: Final = 0.5  # seconds above the limit that are still rounded down


def is_longer(duration: float, limit: float) -> bool:
    """Whether a video of this duration is longer than the limit; both in seconds."""
    return duration >= limit + GRACE
