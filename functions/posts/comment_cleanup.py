"""The clean-up after a deleted comment: its likes, and the replies to a top-level one.

The index that finds replies may lag. So replies that were written just before the deletion are
looked for again a minute later (`SECOND_LOOK`), and one that was written just after it is found by
its own change in the stream (`sync_orphans`).
"""

from collections.abc import Iterable
from typing import Any

from posts.comment_models import hidden_thread
from posts.comment_removal import hide_reply
from posts.models import Comment, CommentLike
from shared.dynamodb.tables import Key, parallel_map, query, read_items, write_items
from shared.lifecycle.item_pages import delete_page
from shared.messaging.chains import Place, do_pages, follow_pages

SECOND_LOOK = 60  # seconds after the deletion
_PAGE = 200  # items


def drop_replies(comment_id: str) -> bool:
    """Delete the replies to a deleted comment, hidden ones too; return False if there may be
    more."""
    return all([_drop_thread(comment_id), _drop_thread(hidden_thread(comment_id))])


def _drop_thread(thread: str) -> bool:
    def drop_page(after: dict[str, Any] | None) -> Place:
        replies, following = query(
            Comment.by_thread, thread, limit=_PAGE, after=after, newest_first=False
        )
        write_items(deletes=replies)
        return following

    return follow_pages(drop_page) is None


def drop_likes(comment_id: str) -> bool:
    """Delete the likes of a deleted comment; return False if there may be more."""
    return not do_pages(lambda: delete_page(CommentLike, comment_id))


def sync_orphans(replies: Iterable[Comment]) -> None:
    """Delete those of the replies whose top-level comment is gone, and hide those whose top-level
    comment is hidden."""
    parents: dict[str, tuple[Comment, Key]] = {
        reply.comment_id: (reply, (Comment, reply.post_id, reply.parent_comment_id))
        for reply in replies
        if reply.parent_comment_id
    }
    if not parents:
        return
    found = read_items((parent for _, parent in parents.values()), consistent=True)
    orphans, hidden = [], []
    for reply, parent in parents.values():
        if parent not in found:
            orphans.append(Comment(reply.post_id, reply.comment_id))
        elif found[parent].is_hidden:
            hidden.append(reply)
    write_items(deletes=orphans)
    parallel_map(hide_reply, hidden)
