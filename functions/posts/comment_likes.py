"""Liking comments: as with posts (`likes`), one conditional write, and the count that already
includes it."""

from contextlib import suppress

from posts.models import CommentLike
from posts.visible_comments import VisibleComment
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed, conditions


def like_comment(viewer: Caller, seen: VisibleComment) -> int:
    """Let the viewer like the comment, and return its likes. Liking it again changes nothing."""
    comment = seen.comment
    if seen.like is not None:
        return _count(seen, 0 if _is_counted(seen) else 1)
    # If another request of the same person was quicker, that is as good and as little counted.
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
    return _count(seen, 1)


def unlike_comment(viewer: Caller, seen: VisibleComment) -> int:
    """End the viewer's like, if there is one, and return the comment's likes."""
    if seen.like is None:
        return _count(seen, 0)
    with suppress(ConditionFailed), conditions():  # as above
        CommentLike(seen.comment.comment_id, viewer.user_id).delete(
            condition=CommentLike.is_there()
        )
    return _count(seen, -1 if _is_counted(seen) else 0)


def _is_counted(seen: VisibleComment) -> bool:
    return seen.like is not None and seen.like.comment_seq != seen.comment.like_seq


def _count(seen: VisibleComment, change: int) -> int:
    return max(seen.comment.like_count + change, 0)
