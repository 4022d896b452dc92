"""Keeping the tags of a post in step with the post.

A post's entries follow from its tags and its audience alone, which one more item, the record,
remembers (see shared/dynamodb/projections.py).
"""

from collections.abc import Iterator
from functools import partial

from hashtags.models import HashtagPost, PostTags
from posts.public import find_ready, is_open, is_public
from shared.dynamodb.projections import sync
from shared.dynamodb.tables import in_parallel, query
from shared.hashtags import hashtags_in
from users.public import find_user

_MOST = 49  # tags of a post: those that come and those that go fit into one transaction of 100
_PAGE = 100
_POSTS = 500  # that are settled anew in one go


def sync_post(post_id: str) -> None:
    """Store a post under the tags that it has at this moment."""
    sync(lambda: PostTags.find(post_id, consistent=True), lambda: _wanted(post_id), _entries)


def sync_author(author_id: str) -> bool:
    """Settle the posts whose audience is another since their author's account was opened or closed
    to everybody; whether more may be left."""
    author = find_user(author_id, consistent=True)
    if author is None:
        return False
    is_stale = (PostTags.visibility == "public") & PostTags.is_public.is_in(not is_open(author))
    after, settled = None, 0
    while settled < _POSTS:
        found, after = query(
            PostTags.by_author, author_id, limit=_PAGE, after=after, matching=is_stale
        )
        in_parallel(*(partial(sync_post, each.post_id) for each in found))
        settled += len(found)
        if after is None:
            return False
    return True


def _wanted(post_id: str) -> PostTags | None:
    """The record that the post should have; None if it is not there, or has no tags."""
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
    """What belongs to a record."""
    for tag in record.tags:
        yield HashtagPost(
            tag, record.post_id, author_id=record.author_id, is_public=record.is_public
        )
