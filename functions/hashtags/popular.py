"""The most used tags: of those with a prefix, or of all."""

from collections.abc import Iterable
from typing import TypedDict

from hashtags.models import Hashtag
from hashtags.search_index import tags_by_rank
from shared.dynamodb.tables import read_items

MOST = 100  # tags in a list


class HashtagShape(TypedDict):
    """The shape Hashtag of docs/api.md."""

    tag: str
    name: str
    post_count: int
    created_at: str


def hashtag_shape(hashtag: Hashtag) -> HashtagShape:
    """A tag in the shape Hashtag."""
    return {
        "tag": hashtag.tag,
        "name": hashtag.tag,
        "post_count": max(hashtag.post_count, 0),
        "created_at": hashtag.created_at,
    }


def used_tags(tags: Iterable[str]) -> list[Hashtag]:
    """The tags out of these that public posts have, each once, in the given order."""
    keys = [(Hashtag, tag) for tag in dict.fromkeys(tags)]
    found = read_items(keys)
    return [found[key] for key in keys if key in found and found[key].post_count > 0]


def most_used(start: str, count: int) -> list[Hashtag]:
    """The tag `start` itself and the most used of the tags that begin with it ("": of all tags), at
    least `count` if there are so many.

    Of tags whose uses differ by less than a factor of two, the first ones of the alphabet are read.
    """
    entries = tags_by_rank(start, MOST)
    # Counts are read only for the ranks that the first `count` tags belong to.
    last = entries[min(count, len(entries)) - 1][1] if entries else ""
    itself = [start] if start else []
    hashtags = used_tags([*itself, *(tag for tag, rank in entries if rank <= last)])
    return sorted(hashtags, key=lambda each: (each.tag != start, -each.post_count, each.tag))
