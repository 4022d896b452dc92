"""Unit tests have no network at all, not even this machine's."""

import pytest


@pytest.fixture(autouse=True)
def no_network(socket_disabled: None) -> None:
    """Whatever opens a socket fails."""
