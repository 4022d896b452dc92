"""Keeping the tags of a post in step with the post.

A post's entries follow from its tags and its audience alone, which one more item, the record,
remembers. Entries and record change in one transaction, on the condition that the record is as it
was read, and the post is read after the record. So events may come late, twice or in any order:
what is stored last was made of the post as it was last.
"""

from functools import partial

from pynamodb.expressions.condition import Condition

from hashtags.models import HashtagPost, PostTags
from posts.public import find_ready, is_public
from shared.tables import (
    ConditionFailed,
    Transaction,
    WriteConflict,
    in_parallel,
    query,
    transaction,
)
from shared.tags import hashtags_in
from users.public import find_user

_MOST = 49  # tags of a post: those that come and those that go fit into one transaction of 100
_TRIES = 4
_PAGE = 100
_POSTS = 500  # that are settled anew in one go


def settle(post_id: str) -> None:
    """Store a post under the tags that it has at this moment."""
    for _ in range(_TRIES):
        try:
            _settle(post_id)
        except ConditionFailed:  # another event changed the record since it was read
            continue
        return
    raise WriteConflict


def settle_author(author_id: str) -> bool:
    """Settle the posts whose audience is another since their author's account went private or
    public; whether more may be left."""
    author = find_user(author_id, consistent=True)
    if author is None:
        return False
    is_stale = (PostTags.visibility == "public") & PostTags.is_public.is_in(author.is_private)
    after, settled = None, 0
    while settled < _POSTS:
        found, after = query(
            PostTags.by_author, author_id, limit=_PAGE, after=after, matching=is_stale
        )
        in_parallel(*(partial(settle, each.post_id) for each in found))
        settled += len(found)
        if after is None:
            return False
    return True


def _settle(post_id: str) -> None:
    record = PostTags.find(post_id, consistent=True)
    wanted = _wanted(post_id)
    stored, made = _entries(record), _entries(wanted)
    if _state(record) == _state(wanted):
        return
    with transaction() as write:
        _replace(write, record, wanted)
        for tag in stored.keys() - made.keys():
            write.delete(stored[tag])
        for tag, entry in made.items():
            if tag not in stored or stored[tag].is_public != entry.is_public:
                write.put(entry)


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


def _state(record: PostTags | None) -> tuple[list[str], str, bool] | None:
    return (record.tags, record.visibility, record.is_public) if record else None


def _entries(record: PostTags | None) -> dict[str, HashtagPost]:
    """What belongs to a record, by tag."""
    if record is None:
        return {}
    return {
        tag: HashtagPost(
            tag, record.post_id, author_id=record.author_id, is_public=record.is_public
        )
        for tag in record.tags
    }


def _replace(write: Transaction, record: PostTags | None, wanted: PostTags | None) -> None:
    unchanged: Condition = PostTags.is_new()
    if record:
        unchanged = (
            (PostTags.tags == record.tags)
            & (PostTags.visibility == record.visibility)
            & PostTags.is_public.is_in(record.is_public)
        )
    if wanted:
        write.put(wanted, unchanged)
    elif record:
        write.delete(record, unchanged)
