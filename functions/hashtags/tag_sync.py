"""Sync of the stored tags of a post with the post.

A post's entries follow from its tags and its audience alone, which are stored in one more item, the
record (see shared/dynamodb/projections.py).
"""

from collections.abc import Iterator
from typing import Any

from hashtags.models import HashtagPost, PostTags
from posts.public import find_ready, is_open, is_public
from shared.dynamodb.projections import sync
from shared.dynamodb.tables import parallel_map, query
from shared.hashtags import hashtags_in
from shared.messaging.chains import Place, follow_pages
from users.public import find_user

_MOST = 49  # tags of a post: those added and those removed fit in one transaction of 100 actions
_PAGE = 100


def sync_post(post_id: str) -> None:
    """Store a post under the tags that it has now."""
    sync(lambda: PostTags.find(post_id, consistent=True), lambda: _target_record(post_id), _entries)


def sync_author(author_id: str) -> bool:
    """Sync the posts that count, or do not, against the present state of their author's account,
    while there is time; return whether more may remain."""
    author = find_user(author_id, consistent=True)
    if author is None:
        return False
    is_stale = (PostTags.visibility == "public") & PostTags.is_public.is_in(not is_open(author))

    def sync_page(after: dict[str, Any] | None) -> Place:
        found, following = query(
            PostTags.by_author, author_id, limit=_PAGE, after=after, matching=is_stale
        )
        parallel_map(sync_post, [each.post_id for each in found])
        return following

    return follow_pages(sync_page) is not None


def _target_record(post_id: str) -> PostTags | None:
    """The record that the post should have; None if it is not ready, deleted, or without tags."""
    post = find_ready(post_id)
    tags = hashtags_in(post.caption)[:_MOST] if post else []
    if post is None or not tags:
        return None
    return PostTags(
        post_id,
        author_id=post.author_id,
        tags=tags,
        visibility=post.visibility,
        is_public=is_public(post),
    )


def _entries(record: PostTags) -> Iterator[HashtagPost]:
    """The entries that belong to a record."""
    for tag in record.tags:
        yield HashtagPost(
            tag, record.post_id, author_id=record.author_id, is_public=record.is_public
        )
