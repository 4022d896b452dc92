"""The clean-up after a deleted comment: its likes, and the replies to a top-level one.

The index that finds replies may lag. So replies that were written just before the deletion are
looked for again a minute later (`SECOND_LOOK`), and one that was written just after it is found by
its own change in the stream (`drop_orphans`).
"""

from collections.abc import Iterable

from posts.models import Comment, CommentLike
from shared.dynamodb.tables import Key, query, read_items, write_items

SECOND_LOOK = 60  # seconds after the deletion
_PAGE = 200  # items
_PAGES = 10  # in one go


def drop_replies(comment_id: str) -> bool:
    """Delete the replies to a deleted comment; return False if there may be more."""
    after = None
    for _ in range(_PAGES):
        replies, after = query(
            Comment.by_thread, comment_id, limit=_PAGE, after=after, newest_first=False
        )
        write_items(deletes=replies)
        if after is None:
            return True
    return False


def drop_likes(comment_id: str) -> bool:
    """Delete the likes of a deleted comment; return False if there may be more."""
    after = None
    for _ in range(_PAGES):
        likes, after = query(CommentLike, comment_id, limit=_PAGE, after=after, consistent=True)
        write_items(deletes=likes)
        if after is None:
            return True
    return False


def drop_orphans(replies: Iterable[Comment]) -> None:
    """Delete those of the replies whose top-level comment is gone."""
    parents: dict[str, Key] = {
        reply.comment_id: (Comment, reply.post_id, reply.parent_comment_id)
        for reply in replies
        if reply.parent_comment_id
    }
    if not parents:
        return
    found = read_items(parents.values(), consistent=True)
    orphans = [
        Comment(parent[1], comment_id)
        for comment_id, parent in parents.items()
        if parent not in found
    ]
    write_items(deletes=orphans)
