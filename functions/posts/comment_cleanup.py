"""What goes when a comment goes: its likes, and the replies to a top-level one.

The index that finds replies may lag, so a reply that was written just before is looked for once
more when that is over (`SETTLED_AFTER`), and one that was written just after is found by its own
change (`drop_orphans`).
"""

from collections.abc import Iterable

from posts.models import Comment, CommentLike
from shared.dynamodb.tables import Key, query, read_items, write_items

SETTLED_AFTER = 60  # seconds
_PAGE = 200
_PAGES = 10


def drop_replies(comment_id: str) -> bool:
    """Delete the replies to a comment that is gone; False if there may be more of them."""
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
    """Delete the likes of a comment that is gone; False if there may be more of them."""
    after = None
    for _ in range(_PAGES):
        likes, after = query(CommentLike, comment_id, limit=_PAGE, after=after, consistent=True)
        write_items(deletes=likes)
        if after is None:
            return True
    return False


def drop_orphans(replies: Iterable[Comment]) -> None:
    """Delete those replies whose top-level comment is gone."""
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
