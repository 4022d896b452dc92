"""Search entries of the version before, until `python -m infra.backfill` has replaced them.

They are `<tier>#<tag>` under the first one, two and three characters of a tag, and among all tags.
The record of such a tag has a tier, 0 to 9, and no rank. The next version drops this module.
"""

from collections.abc import Iterator

from pynamodb.expressions.condition import Condition

from hashtags.models import TagSearch
from shared.dynamodb.prefixes import EVERYTHING, MARK, rank, rank_of, ranked
from shared.dynamodb.tables import parallel_map, query

_LONGEST_PREFIX = 3
# The least number of posts of tier 0, 1, …; tags below are in tier 9.
_TIERS = (1_000_000, 100_000, 10_000, 1_000, 300, 100, 30, 10, 3, 1)


def found(start: str, limit: int) -> list[tuple[str, str]]:
    """Tags that begin with `start`, each with the rank that its tier has at least; one query if
    there are none of that version."""
    partition = start[:_LONGEST_PREFIX] or EVERYTHING

    def under(place: Condition, limit: int) -> list[TagSearch]:
        return query(TagSearch, partition, place, limit=limit, newest_first=False)[0]

    is_exact = len(start) <= _LONGEST_PREFIX
    entries = under(TagSearch.place < MARK, limit if is_exact else 1)
    if entries and not is_exact:
        places = [TagSearch.place.startswith(f"{tier}#{start}") for tier in range(len(_TIERS))]
        found = parallel_map(lambda place: under(place, limit), places)
        entries = [entry for some in found for entry in some]
    return [_tag_and_rank(entry) for entry in entries]


def entries(record: TagSearch) -> Iterator[TagSearch]:
    """The entries that belong to a record of that version."""
    tag = record.prefix[1:]
    beginnings = {tag[:length] for length in range(1, _LONGEST_PREFIX + 1)}
    for prefix in (EVERYTHING, *beginnings):
        yield TagSearch(prefix, f"{record.tier}#{tag}")


def _tag_and_rank(entry: TagSearch) -> tuple[str, str]:
    tier, _, tag = entry.place.partition("#")
    return tag, rank_of(ranked(entry.prefix, rank(_TIERS[int(tier)])))
