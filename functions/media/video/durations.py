"""How long a video is, against a limit in whole seconds."""

from typing import Final

# Seconds. Encoders fill up what they end with, so a recording of 60 seconds has 60.03.
GRACE: Final = 0.5


def is_longer(duration: float, seconds: float) -> bool:
    """Whether a video of this duration (seconds) is longer than `seconds` allow."""
    return duration >= seconds + GRACE
