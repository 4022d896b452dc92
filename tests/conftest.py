"""What every test needs."""

from collections.abc import Iterator

import pytest

from tests.support.token_clock import token_clock


@pytest.fixture(autouse=True)
def clock_of_tokens() -> Iterator[None]:
    """Tokens are checked by the clock that tests can stop."""
    with token_clock():
        yield
