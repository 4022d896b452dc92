"""The small world."""

from tests.support.small_world import world

__all__ = ["world"]
