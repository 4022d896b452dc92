"""The removal of a comment by an administrator: it is hidden for 90 days, in which an appeal can
return it as it was.

A hidden comment keeps its likes, and a pinned one its place; the counts follow from the stream. The
replies to a hidden comment are hidden behind it and shown again with it, by the consumer of
comment.deleted and comment.restored, which compares them with the comment as it is by then.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from posts.comment_models import Comment, hidden_thread
from shared.clock import now
from shared.dynamodb.tables import ConditionFailed, Transaction, parallel_map, query
from shared.errors import CommentNotFound
from shared.lifecycle.purging import KEPT_REMOVED
from shared.messaging.chains import Place, follow_pages

_PAGE = 200  # replies


def remove_comment(
    write: Transaction, comment: Comment, admin_id: str, if_gone: CommentNotFound | None = None
) -> None:
    """Hide a comment; the transaction raises `if_gone` (or `ConditionFailed`) if it is gone or was
    removed since it was read."""
    write.update(
        Comment(comment.post_id, comment.comment_id),
        Comment.removed_by.set(admin_id),
        Comment.is_hidden.set(True),
        Comment.thread.set(hidden_thread(_thread_of(comment))),
        Comment.expires_at.set(int(now()) + KEPT_REMOVED),
        condition=Comment.is_there() & Comment.removed_by.does_not_exist(),
        otherwise=if_gone,
    )


def return_comment(write: Transaction, comment: Comment) -> None:
    """Show a removed comment again; the transaction raises `ConditionFailed` if it is gone. If its
    top-level comment is hidden, the stream hides it again behind that."""
    write.update(
        Comment(comment.post_id, comment.comment_id),
        Comment.removed_by.remove(),
        Comment.is_hidden.remove(),
        Comment.thread.set(_thread_of(comment)),
        Comment.expires_at.remove(),
        condition=Comment.is_there() & Comment.removed_by.exists(),
    )


def hide_reply(reply: Comment) -> None:
    """Hide a reply behind its hidden top-level comment. Idempotent."""
    thread = _thread_of(reply)
    _move(
        reply,
        Comment.is_hidden.set(True),
        Comment.thread.set(hidden_thread(thread)),
        condition=Comment.thread == thread,
    )


def hide_replies(comment_id: str) -> bool:
    """Hide the replies to a hidden comment; return False if there may be more."""
    return _each_reply(comment_id, hide_reply)


def show_replies(comment_id: str) -> bool:
    """Show the replies to a comment that is back, but those that were removed themselves; return
    False if there may be more."""
    return _each_reply(hidden_thread(comment_id), partial(_show, comment_id))


def _show(comment_id: str, reply: Comment) -> None:
    _move(
        reply,
        Comment.is_hidden.remove(),
        Comment.thread.set(comment_id),
        condition=Comment.is_there() & Comment.removed_by.does_not_exist(),
    )


def _each_reply(thread: str, change: Callable[[Comment], None]) -> bool:
    def change_page(after: dict[str, Any] | None) -> Place:
        replies, following = query(
            Comment.by_thread, thread, limit=_PAGE, after=after, newest_first=False
        )
        parallel_map(change, replies)
        return following

    return follow_pages(change_page) is None


def _move(reply: Comment, *actions: Action, condition: Condition) -> None:
    with suppress(ConditionFailed):  # it is gone, or was moved before
        Comment(reply.post_id, reply.comment_id).change(*actions, condition=condition)


def _thread_of(comment: Comment) -> str:
    return comment.parent_comment_id or comment.post_id
