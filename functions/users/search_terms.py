"""The words that an account is found by, and how popular it is.

Both sides of a search are folded alike: "Renée O'Brien" and "renee o brien" are the same words.
"""

import re
import unicodedata

from users.models import User

LONGEST_TERM = 40  # characters; of a longer word the rest is not compared
_MOST_TERMS = 9  # the username, and the first words of the name
# Letters that Unicode does not take apart.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_TIERS = (1_000_000, 10_000, 100)  # followers from which an account is in tier 0, 1, 2; else in 3
TIERS = range(len(_TIERS) + 1)


def words_of(text: str) -> list[str]:
    """The words of a text, folded: without case, accents and punctuation (but the underscore)."""
    taken_apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = (each for each in taken_apart if not unicodedata.category(each).startswith("M"))
    folded = "".join(letters).translate(_PLAIN)
    return [word[:LONGEST_TERM] for word in re.findall(r"\w+", folded)]


def terms_of(user: User) -> list[str]:
    """What an account is found by: its username, then the words of its name, each once."""
    terms = dict.fromkeys([user.username.casefold(), *words_of(user.name)])
    return list(terms)[:_MOST_TERMS]


def tier_of(user: User) -> int:
    """How popular an account is: 0 is the most. Coarse, so that it seldom changes."""
    return next(
        (tier for tier, least in enumerate(_TIERS) if user.follower_count >= least), len(_TIERS)
    )
