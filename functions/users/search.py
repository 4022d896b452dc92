"""Finding people by what is typed, best first.

Whose username it is comes first; then those who have it as a word of their name, those whom the
viewer follows, the others by how many followers they have; and last, where there are few, those who
would match without a slip of the keyboard. Nothing costs more the more people there are: candidates
are the first entries of a few queries (see `search_index`), the popular first.
"""

from collections.abc import Sequence
from enum import IntEnum
from functools import partial

from shared.dynamodb.tables import in_parallel
from users.models import User, UserSearch
from users.relations import Candidate, read_candidates
from users.search_index import LONGEST_PREFIX, entries_under
from users.search_terms import TIERS, terms_of, words_of
from users.search_typos import SHORTEST, slips

_OF_A_TIER = 50  # entries that one query gives; of several words as many as are compared
_CANDIDATES = 100  # accounts that are read and ranked
_FEW = 20  # matches; with fewer, near misses are looked for
_COMPARED = 300  # entries that one query looks through


class Fit(IntEnum):
    """How well an account matches; less is better. Near misses follow, by their slips."""

    USERNAME = 0
    WORDS = 1
    BEGINNINGS = 2


def find_people(viewer_id: str, text: str) -> list[User]:
    """The accounts that match, best first: at most 100, all of them shown. Whether one of the two
    blocks the other is not looked at."""
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
        # By what it is called now: an entry may be older.
        fit = _fit(words, terms_of(candidate.user))
        if fit is not None:
            ranked.append((_rank(fit, candidate), candidate.user))
    return [user for _, user in sorted(ranked, key=lambda each: each[0])]


def _beginning_with(word: str, others: Sequence[str]) -> list[UserSearch]:
    """Of each tier the first entries in the order of the alphabet, so that the word itself comes
    before what is longer."""
    prefix = word[:LONGEST_PREFIX]
    places = [UserSearch.place.startswith(f"{tier}#{word}") for tier in TIERS]
    limit = _COMPARED if others else _OF_A_TIER
    found = in_parallel(*(partial(entries_under, prefix, place, limit, others) for place in places))
    return [entry for entries in found for entry in entries]


def _near(word: str) -> list[UserSearch]:
    """Where the slip is late, where it is early, and where the first two letters are swapped."""
    prefixes = (word[:LONGEST_PREFIX], word[0], word[1] + word[0])
    found = in_parallel(*(partial(entries_under, prefix, None, _COMPARED) for prefix in prefixes))
    return [entry for entries in found for entry in entries]


def _fit(words: Sequence[str], terms: Sequence[str]) -> int | None:
    """How well terms match; None if they do not."""
    if len(words) == 1 and words[0] == terms[0]:
        return Fit.USERNAME
    if all(word in terms for word in words):
        return Fit.WORDS
    missed = slips(words, terms)
    return None if missed is None else Fit.BEGINNINGS + missed


def _rank(fit: int, candidate: Candidate) -> tuple[int, bool, int, str]:
    user = candidate.user
    return fit, not candidate.is_followed, -user.follower_count, user.user_id
