"""The methods of a path, from the table that `make api` generates."""

import json
from functools import cache
from pathlib import Path


def methods_of(path: str) -> list[str]:
    """The methods of the route that the gateway would choose for `path`; empty if there is none."""
    segments = [segment for segment in path.split("/") if segment]
    matching = [route for route in _table() if _matches(route, segments)]
    # As in the gateway, a literal segment takes precedence over a parameter.
    best = min(matching, key=lambda route: ["{" in name for name in route], default=None)
    return [] if best is None else _table()[best]


def _matches(route: tuple[str, ...], segments: list[str]) -> bool:
    return len(route) == len(segments) and all(
        name == segment or name.startswith("{")
        for name, segment in zip(route, segments, strict=True)
    )


@cache
def _table() -> dict[tuple[str, ...], list[str]]:
    text = Path(__file__).with_name("methods.json").read_text()
    return {
        tuple(path.split("/")[1:]) if path != "/" else (): methods
        for path, methods in json.loads(text).items()
    }
