"""What hashtags offers to other services: which tags are in use."""

from collections.abc import Iterable

from hashtags.popular import used_tags

__all__ = ["post_counts_of"]


def post_counts_of(tags: Iterable[str]) -> dict[str, int]:
    """How many public posts have each of the tags, of those that any has. One batch read."""
    return {hashtag.tag: hashtag.post_count for hashtag in used_tags(tags)}
