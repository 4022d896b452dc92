"""Tags by how much they are used: those that begin with a text, or of all of them."""

from collections.abc import Iterable
from typing import TypedDict

from hashtags.models import Hashtag
from hashtags.search_index import tags_by_tier
from shared.dynamodb.tables import read_items

MOST = 100  # tags that a list holds


class HashtagShape(TypedDict):
    """The shape Hashtag of docs/api.md."""

    tag: str
    name: str
    post_count: int
    created_at: str


def hashtag_shape(hashtag: Hashtag) -> HashtagShape:
    """A tag as clients see it."""
    return {
        "tag": hashtag.tag,
        "name": hashtag.tag,
        "post_count": max(hashtag.post_count, 0),
        "created_at": hashtag.created_at,
    }


def used_tags(tags: Iterable[str]) -> list[Hashtag]:
    """Those of these tags that public posts have, each once, in the order given."""
    keys = [(Hashtag, tag) for tag in dict.fromkeys(tags)]
    found = read_items(keys)
    return [found[key] for key in keys if key in found and found[key].post_count > 0]


def most_used(start: str, count: int) -> list[Hashtag]:
    """The `count` most used of the tags that begin with `start` ("": all), or some more.

    Of tags in one tier no more than the first hundred of the alphabet are compared.
    """
    entries = tags_by_tier(start, MOST)[:MOST]
    # Only the counts of those tiers are read that the first `count` tags come from.
    last = entries[min(count, len(entries)) - 1][1] if entries else ""
    hashtags = used_tags(tag for tag, tier in entries if tier <= last)
    return sorted(hashtags, key=lambda each: (-each.post_count, each.tag))
