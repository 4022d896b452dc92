"""The time, in the forms that Hoshi uses. Tests stop it with `stop_at`."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_stopped: float | None = None


def now() -> float:
    """Seconds since the epoch, with fractions."""
    return time.time() if _stopped is None else _stopped


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return int(now() * 1000)


def timestamp(seconds: float | None = None) -> str:
    """RFC 3339 in UTC with milliseconds (`2026-01-02T03:04:05.678Z`); without `seconds`, of now."""
    moment = datetime.fromtimestamp(now() if seconds is None else seconds, UTC)
    return moment.isoformat(timespec="milliseconds")[:23] + "Z"


def seconds(timestamp: str) -> float:
    """The epoch seconds of a time that `timestamp` formatted."""
    return datetime.fromisoformat(timestamp).timestamp()


@contextmanager
def stop_at(moment: float) -> Iterator[None]:
    """Stop `now` at `moment` (epoch seconds) inside the block. For tests."""
    global _stopped
    before, _stopped = _stopped, moment
    try:
        yield
    finally:
        _stopped = before
