"""Search for people by typed text, best match first.

The exact username comes first, then whole words of a username or name, then beginnings of words;
last, if there are few matches, near misses with typos. Equal matches are ordered by whether the
viewer follows them, then by followers. The cost does not grow with the number of people:
candidates are the first entries of a few queries (see `search_index`), popular accounts first.
"""

from collections.abc import Sequence
from enum import IntEnum

from shared.dynamodb.tables import parallel_map
from shared.words import words_of
from users.models import User, UserSearch
from users.relations import Candidate, read_candidates
from users.search_index import LONGEST_PREFIX, entries_under
from users.search_terms import TIERS, terms_of
from users.search_typos import SHORTEST, slips

_PER_TIER = 50  # entries from one query for a single word; several words compare more
_CANDIDATES = 100  # accounts that are read and ranked
_FEW = 20  # matches; with fewer, near misses are searched too
_COMPARED = 300  # entries that one query compares


class Fit(IntEnum):
    """How well an account matches, less is better. Near misses follow, by the number of typos."""

    USERNAME = 0
    WORDS = 1
    BEGINNINGS = 2


def find_people(viewer_id: str, text: str) -> list[User]:
    """The accounts that match, best first: at most 100, all visible. Blocks are not checked."""
    words = words_of(text)
    if not words:
        return []
    longest = max(words, key=len)
    entries = _beginning_with(longest, [word for word in words if word != longest])
    if len(entries) < _FEW and len(longest) >= SHORTEST:
        entries += _near(longest)
    places: dict[str, tuple[int, str]] = {}
    for entry in entries:
        fit = _fit(words, entry.terms.split())
        if fit is not None:
            places.setdefault(entry.user_id, (fit, entry.place))
    best = sorted(places, key=places.__getitem__)[:_CANDIDATES]
    ranked = []
    for candidate in read_candidates(viewer_id, best):
        # Ranked by its current names: an entry may be outdated.
        fit = _fit(words, terms_of(candidate.user))
        if fit is not None:
            ranked.append((_rank(fit, candidate), candidate.user))
    return [user for _, user in sorted(ranked, key=lambda each: each[0])]


def _beginning_with(word: str, others: Sequence[str]) -> list[UserSearch]:
    """The first entries of each tier in alphabetical order, so the word itself comes before longer
    ones."""
    prefix = word[:LONGEST_PREFIX]
    places = [UserSearch.place.startswith(f"{tier}#{word}") for tier in TIERS]
    limit = _COMPARED if others else _PER_TIER
    found = parallel_map(lambda place: entries_under(prefix, place, limit, others), places)
    return [entry for entries in found for entry in entries]


def _near(word: str) -> list[UserSearch]:
    """Entries for a late typo, an early typo, and swapped first letters."""
    prefixes = (word[:LONGEST_PREFIX], word[0], word[1] + word[0])
    found = parallel_map(lambda prefix: entries_under(prefix, None, _COMPARED), prefixes)
    return [entry for entries in found for entry in entries]


def _fit(words: Sequence[str], terms: Sequence[str]) -> int | None:
    """How well the terms match; None if they do not."""
    if len(words) == 1 and words[0] == terms[0]:
        return Fit.USERNAME
    if all(word in terms for word in words):
        return Fit.WORDS
    typos = slips(words, terms)
    return None if typos is None else Fit.BEGINNINGS + typos


def _rank(fit: int, candidate: Candidate) -> tuple[int, bool, int, str]:
    user = candidate.user
    return fit, not candidate.is_followed, -user.follower_count, user.user_id
