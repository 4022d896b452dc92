"""What every test needs."""

from datetime import datetime, tzinfo
from typing import Self

import jwt
import pytest

from shared import clock


@pytest.fixture(autouse=True)
def clock_of_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyJWT reads the time itself: here from the clock that tests can stop."""

    class OurTime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(clock.now(), tz)

    monkeypatch.setattr(jwt.api_jwt, "datetime", OurTime)
