"""How far a typed word is from the terms of an account: slips of the keyboard are forgiven."""

from collections.abc import Iterable, Sequence

SHORTEST = 4  # characters of a word that is forgiven anything


def slips(words: Iterable[str], terms: Sequence[str]) -> int | None:
    """How many letters are wrong, missing, too many or swapped until every word begins some term;
    None if there is a word with too many: more than one, in words of eight letters two."""
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
    # Here, and not above: most searches end without it, and it costs a cold start 40 ms.
    from rapidfuzz.distance import OSA

    most = 1 if len(word) < 8 else 2
    # The end of the word may not be typed yet, so a term's beginning is compared as well.
    compared = {text for term in terms for text in (term, term[: len(word)])}
    least = min(OSA.distance(word, text, score_cutoff=most) for text in compared)
    return least if least <= most else None
