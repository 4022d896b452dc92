"""Search terms: the words by which an account is found, and its popularity tier.

Both sides of a search are folded alike: "Renée O'Brien" and "renee o brien" are the same words.
"""

import re
import unicodedata

from users.models import User

LONGEST_TERM = 40  # characters; the rest of a longer word is not compared
_MOST_TERMS = 9  # the username, and the first words of the name
# Letters that Unicode does not decompose.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_TIERS = (1_000_000, 10_000, 100)  # least followers of tiers 0, 1, 2; the others are tier 3
TIERS = range(len(_TIERS) + 1)


def words_of(text: str) -> list[str]:
    """The words of a text, folded: without case, accents and punctuation (except underscores)."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = (each for each in decomposed if not unicodedata.category(each).startswith("M"))
    folded = "".join(letters).translate(_PLAIN)
    return [word[:LONGEST_TERM] for word in re.findall(r"\w+", folded)]


def terms_of(user: User) -> list[str]:
    """The terms of an account: its username, then the words of its name, each once."""
    terms = dict.fromkeys([user.username.casefold(), *words_of(user.name)])
    return list(terms)[:_MOST_TERMS]


def tier_of(user: User) -> int:
    """The popularity of an account, 0 is the highest. Coarse, so it seldom changes."""
    return next(
        (tier for tier, least in enumerate(_TIERS) if user.follower_count >= least), len(_TIERS)
    )
