"""The search index of tags: every tag of public posts has an entry under its first one, two and
three characters, and one among all tags; the most used come first.

A tag's entries follow from its tier alone, which is stored in one more item, the record (see
shared/dynamodb/projections.py).
"""

from collections.abc import Iterator, Sequence
from functools import partial

from pynamodb.expressions.condition import Condition

from hashtags.models import Hashtag, TagSearch
from shared.dynamodb.changes import Change
from shared.dynamodb.projections import sync
from shared.dynamodb.tables import parallel_map, query
from shared.messaging import queues

QUEUE = "tag-search"
_LONGEST_PREFIX = 3
_ALL = "#"  # a partition like those of prefixes, which never begin with a "#"
_RECORD = "record"
# The least number of posts of tier 0, 1, …; tags below are in tier 9. Coarse, so it changes rarely.
_TIERS = (1_000_000, 100_000, 10_000, 1_000, 300, 100, 30, 10, 3)


def tier_of(hashtag: Hashtag | None) -> str | None:
    """How much a tag is used: "0" is the most used tier; None if no public post has the tag."""
    if hashtag is None or hashtag.post_count <= 0:
        return None
    return str(sum(hashtag.post_count < least for least in _TIERS))


def queue_changed_tags(changes: Sequence[Change[Hashtag]]) -> None:
    """Send a job for each tag whose tier has changed."""
    tags = dict.fromkeys(
        change.item.tag for change in changes if tier_of(change.old) != tier_of(change.new)
    )
    queues.send_jobs(QUEUE, ({"tag": tag} for tag in tags))


def refresh(tag: str) -> None:
    """Sync the entries of a tag with how much it is used now."""
    sync(
        lambda: TagSearch.find(f"#{tag}", _RECORD, consistent=True),
        lambda: _target_record(tag),
        _entries,
    )


def tags_by_tier(start: str, limit: int) -> list[tuple[str, str]]:
    """Tags that begin with `start`, each with its tier: at most `limit` of each tier, the most used
    tier first."""
    if len(start) <= _LONGEST_PREFIX:
        return _under(start or _ALL, None, limit)
    places = [TagSearch.place.startswith(f"{tier}#{start}") for tier in range(len(_TIERS) + 1)]
    prefix = start[:_LONGEST_PREFIX]
    found = parallel_map(partial(_under, prefix, limit=limit), places)
    return [entry for entries in found for entry in entries]


def _under(prefix: str, place: Condition | None, limit: int) -> list[tuple[str, str]]:
    found, _ = query(TagSearch, prefix, place, limit=limit, newest_first=False)
    return [(tag, tier) for tier, _, tag in (each.place.partition("#") for each in found)]


def _target_record(tag: str) -> TagSearch | None:
    """The record that the tag should have; None if the search should not find it."""
    tier = tier_of(Hashtag.find(tag, consistent=True))
    return TagSearch(f"#{tag}", _RECORD, tier=tier) if tier else None


def _entries(record: TagSearch) -> Iterator[TagSearch]:
    """The entries that belong to a record."""
    tag = record.prefix[1:]
    beginnings = {tag[:length] for length in range(1, _LONGEST_PREFIX + 1)}
    for prefix in (_ALL, *beginnings):
        yield TagSearch(prefix, f"{record.tier}#{tag}")
