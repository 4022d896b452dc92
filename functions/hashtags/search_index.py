"""The search index of tags: every tag of public posts has an entry under its prefixes, and one
among all tags; the most used come first (`shared/dynamodb/prefixes.py`).

A tag's entries follow from its rank alone, which is stored in one more item, the record (see
shared/dynamodb/projections.py).
"""

from collections.abc import Iterator, Sequence

from hashtags import earlier_search
from hashtags.models import Hashtag, TagSearch
from shared.dynamodb.changes import Change
from shared.dynamodb.prefixes import (
    EVERYTHING,
    MARK,
    partition_for,
    prefixes_of,
    rank,
    rank_of,
    ranked,
)
from shared.dynamodb.projections import sync
from shared.dynamodb.tables import in_parallel, query
from shared.messaging import queues

QUEUE = "tag-search"
_RECORD = "record"
_COMPARED = 300  # entries of a wider partition than the one that is asked for


def tag_rank(hashtag: Hashtag | None) -> int | None:
    """How much a tag is used; None if no public post has the tag."""
    return rank(hashtag.post_count) if hashtag and hashtag.post_count > 0 else None


def queue_changed_tags(changes: Sequence[Change[Hashtag]]) -> None:
    """Send a job for each tag whose rank has changed."""
    tags = dict.fromkeys(
        change.item.tag for change in changes if tag_rank(change.old) != tag_rank(change.new)
    )
    queues.send_jobs(QUEUE, ({"tag": tag} for tag in tags))


def refresh(tag: str) -> None:
    """Sync the entries of a tag with how much it is used now."""
    sync(
        lambda: TagSearch.find(f"#{tag}", _RECORD, consistent=True),
        lambda: _target_record(tag),
        _entries,
    )


def tags_by_rank(start: str, limit: int) -> list[tuple[str, str]]:
    """At most `limit` tags that begin with `start` ("": all tags), each with its rank, in an order
    that puts the most used rank first."""
    current, earlier = in_parallel(
        lambda: _ranked_tags(start, limit), lambda: earlier_search.found(start, limit)
    )
    return sorted(current + earlier, key=lambda each: each[1])[:limit]


def _ranked_tags(start: str, limit: int) -> list[tuple[str, str]]:
    partition = partition_for(start) if start else EVERYTHING
    is_wider = bool(start) and partition != start
    found, _ = query(
        TagSearch,
        partition,
        TagSearch.place.startswith(MARK),
        limit=_COMPARED if is_wider else limit,
        newest_first=False,
        matching=TagSearch.tag.startswith(start) if is_wider else None,
    )
    return [(each.tag, rank_of(each.place)) for each in found]


def _target_record(tag: str) -> TagSearch | None:
    """The record that the tag should have; None if the search should not find it."""
    rank = tag_rank(Hashtag.find(tag, consistent=True))
    return None if rank is None else TagSearch(f"#{tag}", _RECORD, rank=rank)


def _entries(record: TagSearch) -> Iterator[TagSearch]:
    """The entries that belong to a record."""
    if record.tier:
        yield from earlier_search.entries(record)
        return
    tag = record.prefix[1:]
    for partition in (EVERYTHING, *prefixes_of(tag)):
        yield TagSearch(partition, f"{ranked(partition, record.rank)}{tag}", tag=tag)
