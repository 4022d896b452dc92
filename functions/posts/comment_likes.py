"""Liking and unliking a comment: as with posts (`likes`), one conditional write, and the count that
already includes it."""

from contextlib import suppress

from posts.models import CommentLike
from posts.visible_comments import VisibleComment
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed, conditions


def like_comment(viewer: Caller, visible: VisibleComment) -> int:
    """Like the comment, and return its number of likes. Liking it again changes nothing."""
    comment = visible.comment
    if visible.like is not None:
        return _count(visible, 0 if _is_counted(visible) else 1)
    # If it exists, a quicker request of the same person put it, and it is not counted yet either.
    with suppress(ConditionFailed):
        CommentLike(
            comment.comment_id,
            viewer.user_id,
            post_id=comment.post_id,
            username=viewer.username,
            commenter_id=comment.user_id,
            liked_at=timestamp(),
            comment_seq=comment.like_seq,
        ).create()
    return _count(visible, 1)


def unlike_comment(viewer: Caller, visible: VisibleComment) -> int:
    """Remove the viewer's like, if there is one, and return the comment's number of likes."""
    if visible.like is None:
        return _count(visible, 0)
    with suppress(ConditionFailed), conditions():  # a quicker request has removed it
        CommentLike(visible.comment.comment_id, viewer.user_id).delete(
            condition=CommentLike.is_there()
        )
    return _count(visible, -1 if _is_counted(visible) else 0)


def _is_counted(visible: VisibleComment) -> bool:
    return visible.like is not None and visible.like.comment_seq != visible.comment.like_seq


def _count(visible: VisibleComment, change: int) -> int:
    return max(visible.comment.like_count + change, 0)
