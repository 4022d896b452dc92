"""Search for people by typed text, best match first.

The account with this very username comes first, then whom the viewer knows, then whole words of a
username or name, then beginnings of words; last, if there are few matches, near misses with typos.
Equal matches are ordered by followers. The cost does not grow with the number of people: candidates
are whom the viewer knows (`circles`), and the most popular entries of a few partitions
(`search_index`).
"""

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from functools import partial
from typing import Any

from shared.dynamodb.prefixes import partition_for, whole
from shared.dynamodb.tables import in_parallel, parallel_map, read_items
from shared.words import words_of
from users import circles, earlier_search
from users.claims import name_keys, named_ids
from users.models import User, UserSearch
from users.relations import Candidate, read_candidates
from users.search_index import all_entries_under, entries_under
from users.search_terms import joined, terms_of
from users.search_typos import SHORTEST, slips

_MOST_WORDS = 9  # of a search; no account has more terms
_PER_QUERY = 50  # entries from one query for a single word; several words compare more
_KNOWN = 50  # candidates out of whom the viewer knows
_CANDIDATES = 100  # accounts that are read and ranked
_FEW = 20  # matches; with fewer, near misses are searched too
_COMPARED = 300  # entries that one query compares


class Fit(IntEnum):
    """How well an account matches, less is better. Near misses follow, by the number of typos."""

    USERNAME = 0
    WORDS = 1
    BEGINNINGS = 2


class Tie(IntEnum):
    """How the viewer knows an account, less is closer."""

    MUTUAL = 0
    FOLLOWED = 1
    FOLLOWER = 2
    NONE = 3


def find_people(viewer_id: str, text: str) -> list[User]:
    """The accounts that match, best first: at most 100, all visible. Blocks are not checked."""
    words = words_of(text)[:_MOST_WORDS]
    if not words:
        return []
    (named, known), *found = in_parallel(
        partial(_named_and_known, viewer_id, words), *_searches(words)
    )
    entries = [entry for entries in found for entry in entries]
    longest = max(words, key=len)
    if len(entries) < _FEW and len(longest) >= SHORTEST:
        entries += _near(longest)
    user_ids = dict.fromkeys([*named, *known, *_best(words, entries)])
    ranked = []
    for candidate in read_candidates(viewer_id, list(user_ids)[:_CANDIDATES]):
        # Ranked by its current names: an entry may be outdated.
        fit = _fit(words, terms_of(candidate.user))
        if fit is not None:
            tie = _tie(candidate, known.get(candidate.user.user_id))
            ranked.append((_rank(fit, tie, candidate.user), candidate.user))
    return [user for _, user in sorted(ranked, key=lambda each: each[0])]


def _named_and_known(
    viewer_id: str, words: Sequence[str]
) -> tuple[list[str], dict[str, circles.Tie]]:
    """The account with this username, and whom the viewer knows with terms that may match."""
    names = words if len(words) == 1 else ()
    keys = [*name_keys(names), circles.key_of(viewer_id)]
    calls: list[Callable[[], Any]] = [
        partial(read_items, keys),
        partial(circles.last_follow, viewer_id),
    ]
    found, follow = in_parallel(*calls)
    circle = circles.circle_of(viewer_id, found, follow)
    known = [each for each in circle if each.may_match(words)]
    if len(known) > _KNOWN:
        known = circles.matching(known, words)
    return named_ids(found, names), {each.user_id: each.tie for each in known[:_KNOWN]}


def _searches(words: Sequence[str]) -> list[Callable[[], Any]]:
    """The queries for words, each for the most popular accounts of its partition."""
    longest = max(words, key=len)
    others = [word for word in words if word != longest]
    limit = _COMPARED if others else _PER_QUERY
    searches: list[Callable[[], Any]] = [
        partial(entries_under, whole(longest), limit, others),
        _beginning_with(longest, others),
        partial(earlier_search.found, longest, others),
    ]
    if together := joined(words):
        searches += [
            partial(entries_under, whole(together), _PER_QUERY, words),
            _beginning_with(together, words, is_term=False),
        ]
    return searches


def _beginning_with(
    word: str, others: Sequence[str], is_term: bool = True
) -> Callable[[], list[UserSearch]]:
    """The search for entries that begin with `word`, of accounts with terms as the `others`."""
    partition = partition_for(word)
    compared = [word, *others] if is_term and partition != word else others
    return partial(entries_under, partition, _COMPARED if compared else _PER_QUERY, compared)


def _near(word: str) -> list[UserSearch]:
    """Entries for a late typo, an early typo, and swapped first letters."""
    prefixes = (word[:3], word[0], word[1] + word[0])
    found = parallel_map(lambda prefix: all_entries_under(prefix, _COMPARED), prefixes)
    return [entry for entries in found for entry in entries]


def _best(words: Sequence[str], entries: Iterable[UserSearch]) -> list[str]:
    """The accounts of the entries that match, best first."""
    places: dict[str, tuple[int, str]] = {}
    for entry in entries:
        fit = _fit(words, entry.terms.split())
        if fit is not None:
            places.setdefault(entry.user_id, (fit, entry.place))
    return sorted(places, key=places.__getitem__)


def _fit(words: Sequence[str], terms: Sequence[str]) -> int | None:
    """How well the terms match; None if they do not."""
    if len(words) == 1 and words[0] == terms[0]:
        return Fit.USERNAME
    if all(word in terms for word in words):
        return Fit.WORDS
    typos = slips(words, terms)
    return None if typos is None else Fit.BEGINNINGS + typos


def _tie(candidate: Candidate, known: circles.Tie | None) -> Tie:
    if candidate.is_followed:
        return Tie.MUTUAL if known == "m" else Tie.FOLLOWED
    return Tie.FOLLOWER if known in ("m", "b") else Tie.NONE


def _rank(fit: int, tie: Tie, user: User) -> tuple[int, int, int, int, str]:
    """The place of an account: among matches, whom the viewer knows comes first."""
    coarse = Fit.WORDS if fit == Fit.BEGINNINGS else fit
    return coarse, tie, fit, -user.follower_count, user.user_id
