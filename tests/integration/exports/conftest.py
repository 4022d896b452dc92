"""Accounts on real tables, and the media bucket."""

from tests.integration.users.conftest import bucket, join, on_the_foundation

__all__ = ["bucket", "join", "on_the_foundation"]
