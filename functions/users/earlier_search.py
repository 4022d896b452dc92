"""Search entries of the version before, until `python -m infra.backfill` has replaced them.

They are `<tier>#<term>#<user_id>` under the first one, two and three characters of each term. The
record of such an account has a tier, 0 to 3, and no rank. The next version drops this module.
"""

from collections.abc import Iterable, Iterator

from pynamodb.expressions.condition import Condition

from shared.dynamodb.tables import parallel_map, query
from users.models import UserSearch
from users.search_terms import BEGINNING, beginnings_of

_TIERS = range(4)
_PER_TIER = 50
_COMPARED = 300  # with several words


def found(word: str, others: Iterable[str]) -> list[UserSearch]:
    """The entries with terms that begin with a word, popular ones first; one query if there are no
    entries of that version."""
    partition, others = word[:BEGINNING], list(others)
    some, _ = query(
        UserSearch, partition, UserSearch.place < f"{len(_TIERS)}", limit=1, newest_first=False
    )
    if not some:
        return []

    def of_tier(tier: int) -> list[UserSearch]:
        entries, _ = query(
            UserSearch,
            partition,
            UserSearch.place.startswith(f"{tier}#{word}"),
            limit=_COMPARED if others else _PER_TIER,
            newest_first=False,
            matching=with_terms(others),
        )
        return entries

    return [entry for entries in parallel_map(of_tier, _TIERS) for entry in entries]


def entries(record: UserSearch) -> Iterator[UserSearch]:
    """The entries that belong to a record of that version."""
    user_id = record.prefix[1:]
    places = [("#everybody", f"{record.tier}#{user_id}")]
    for term in record.terms.split():
        places += [(prefix, f"{record.tier}#{term}#{user_id}") for prefix in beginnings_of(term)]
    for place in places:
        yield UserSearch(*place, terms=record.terms)


def with_terms(words: Iterable[str]) -> Condition | None:
    """The condition that an entry has terms that begin with each of these words."""
    matching: Condition | None = None
    for word in words:
        begins = UserSearch.terms.contains(f" {word}")
        matching = begins if matching is None else matching & begins
    return matching
