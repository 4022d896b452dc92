"""The expected table, `expected.md`: by route, what each role gets."""

import re
from functools import cache
from pathlib import Path

from tests.support.small_world import ROLES

FILE = Path(__file__).with_name("expected.md")


@cache
def expected() -> dict[str, dict[str, str]]:
    """By route or action: the verdict of each role."""
    found: dict[str, dict[str, str]] = {}
    for line in FILE.read_text().splitlines():
        name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"`.*`", name):
            assert name not in found, f"{name} has two rows in {FILE.name}"
            assert len(cells) == len(ROLES), f"the row of {name} has not {len(ROLES)} cells"
            found[name.strip("`")] = dict(zip(ROLES, cells, strict=True))
    return found


def row(name: str, verdicts: dict[str, str]) -> str:
    """The line of the table."""
    return f"| `{name}` | {' | '.join(verdicts[role] for role in ROLES)} |"
