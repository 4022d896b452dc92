"""Typos: the edit distance of typed words from the terms of an account."""

from collections.abc import Iterable, Sequence

SHORTEST = 4  # characters; shorter words may have no typo


def slips(words: Iterable[str], terms: Sequence[str]) -> int | None:
    """The number of wrong, missing, extra or swapped letters until every word begins some term.

    None if a word has too many: more than one, or more than two in words of eight letters or more.
    """
    total = 0
    for word in words:
        least = _least(word, terms)
        if least is None:
            return None
        total += least
    return total


def _least(word: str, terms: Sequence[str]) -> int | None:
    if any(term.startswith(word) for term in terms):
        return 0
    if len(word) < SHORTEST:
        return None
    # Imported late: most searches do not need it, and it costs a cold start 40 ms.
    from rapidfuzz.distance import OSA

    most = 1 if len(word) < 8 else 2
    # The word may not be typed to its end yet, so a term's beginning is compared as well.
    compared = {text for term in terms for text in (term, term[: len(word)])}
    least = min(OSA.distance(word, text, score_cutoff=most) for text in compared)
    return least if least <= most else None
