"""PyJWT reads the time itself: here from the clock that tests can stop."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import Self
from unittest.mock import patch

import jwt

from shared import clock


class _OurTime(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(clock.now(), tz)


@contextmanager
def token_clock() -> Iterator[None]:
    """Let PyJWT check the times of tokens by `shared.clock`."""
    with patch.object(jwt.api_jwt, "datetime", _OurTime):
        yield
