"""Search terms: the words by which an account is found, and its popularity tier.

Both sides of a search are folded alike: "Renée O'Brien" and "renee o brien" are the same words.
"""

from shared.words import words_of
from users.models import User

_MOST_TERMS = 9  # the username, and the first words of the name
_TIERS = (1_000_000, 10_000, 100)  # least followers of tiers 0, 1, 2; the others are tier 3
TIERS = range(len(_TIERS) + 1)


def terms_of(user: User) -> list[str]:
    """The terms of an account: its username, then the words of its name, each once."""
    terms = dict.fromkeys([user.username.casefold(), *words_of(user.name)])
    return list(terms)[:_MOST_TERMS]


def tier_of(user: User) -> int:
    """The popularity of an account, 0 is the highest. Coarse, so it seldom changes."""
    return next(
        (tier for tier, least in enumerate(_TIERS) if user.follower_count >= least), len(_TIERS)
    )
