from typing import Any

import pytest

from tests.integration.auth.people import Newcomer


@pytest.fixture(autouse=True)
def on_the_foundation(foundation: Any) -> None:
    """All of these need the tables."""


@pytest.fixture
def newcomer() -> Newcomer:
    return Newcomer()
