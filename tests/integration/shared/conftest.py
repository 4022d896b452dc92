"""The kernel on real tables."""

from typing import Any

import pytest

from shared.ids import new_id


@pytest.fixture(autouse=True)
def on_the_foundation(foundation: Any) -> None:
    """All of these need the tables."""


@pytest.fixture
def fresh() -> str:
    """An id that no other test uses."""
    return new_id()
