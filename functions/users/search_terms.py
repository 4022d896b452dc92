"""Search terms: the words by which an account is found.

Both sides of a search are folded alike: "Renée O'Brien" and "renee o brien" are the same words.
"""

from collections.abc import Iterator, Sequence

from shared.words import LONGEST_WORD, words_of
from users.models import User

_MOST_TERMS = 9  # the username, and the first words of the name
BEGINNING = 3  # characters


def terms_of(user: User) -> list[str]:
    """The terms of an account: its username, then the words of its name, each once."""
    terms = dict.fromkeys([user.username.casefold(), *words_of(user.name)])
    return list(terms)[:_MOST_TERMS]


def joined(words: Sequence[str]) -> str:
    """Several words as one: who searches for a first and a last name finds both together."""
    return "".join(words)[:LONGEST_WORD] if len(words) > 1 else ""


def beginnings_of(term: str) -> Iterator[str]:
    """The first one, two and three characters of a term."""
    for length in range(1, min(len(term), BEGINNING) + 1):
        yield term[:length]
