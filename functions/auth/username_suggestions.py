"""Usernames for people who did not choose one: made from their name, else from their address."""

import re
import secrets
import unicodedata
from collections.abc import Iterator

from shared.usernames import username_problem

_SHORTEST = 5  # characters, like a name, because the username may also serve as the name
_STEM = 22  # characters, which leaves room for a number
_NUMBERS = (10_000, 1_000_000, 1_000_000, 1_000_000)


def usernames_for(name: str, email: str) -> Iterator[str]:
    """Candidates, the best first; longer numbers make the later ones less likely to be taken."""
    stems = [_folded(name), _folded(email.partition("@")[0])]
    long_enough = [stem for stem in stems if len(stem) >= _SHORTEST]
    stem = next(iter(long_enough), "") or "person"
    if long_enough and username_problem(stem) is None:
        yield stem
    for bound in _NUMBERS:
        yield f"{stem}_{secrets.randbelow(bound):0{len(str(bound)) - 1}d}"


def _folded(given: str) -> str:
    """`Zoë Müller` as `zoe_muller`; empty if no character is allowed in a username."""
    plain = unicodedata.normalize("NFKD", given).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "_", plain).strip("_")[:_STEM].strip("_")
