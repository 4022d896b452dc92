"""Waiting before another try, so that those who clash do not clash again."""

import random
import time

_FIRST = 0.02  # seconds


def back_off(attempt: int) -> None:
    """Wait after the failed try `attempt` (from 0): at random, up to 20 ms, then twice that …"""
    time.sleep(random.uniform(0, _FIRST * 2**attempt))  # noqa: S311  # jitter, not a secret
