"""Which methods a path has, from the table that `make api` generates."""

import json
from functools import cache
from pathlib import Path


def methods_of(path: str) -> list[str]:
    """The methods of the route that the gateway would choose for `path`; none if it has none."""
    asked = [segment for segment in path.split("/") if segment]
    matching = [known for known in _table() if _matches(known, asked)]
    # Like the gateway, a segment as it is written comes before a parameter.
    best = min(matching, key=lambda known: ["{" in segment for segment in known], default=None)
    return [] if best is None else _table()[best]


def _matches(known: tuple[str, ...], asked: list[str]) -> bool:
    return len(known) == len(asked) and all(
        name == segment or name.startswith("{") for name, segment in zip(known, asked, strict=True)
    )


@cache
def _table() -> dict[tuple[str, ...], list[str]]:
    text = Path(__file__).with_name("methods.json").read_text()
    return {
        tuple(path.split("/")[1:]) if path != "/" else (): methods
        for path, methods in json.loads(text).items()
    }
