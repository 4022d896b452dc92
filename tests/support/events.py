"""The sample events of `events/`."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).parents[2] / "events"


def load_event(service: str, function: str) -> dict[str, Any]:
    """A fresh copy of `events/<service>/<function>.json`."""
    return copy.deepcopy(_load(EVENTS / service / f"{function}.json"))


@cache
def _load(path: Path) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(path.read_text())
    return event
