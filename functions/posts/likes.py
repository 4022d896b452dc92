"""Liking and unliking a post: one conditional write, and the count that already includes it.

The stream updates counters some milliseconds later. So that a like, and an unlike right after it,
answer the right counts, a like stores where the counter stood before it (`post_seq`).
"""

from contextlib import suppress

from posts.models import Like, Post
from posts.visible_posts import VisiblePost
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed, conditions, transaction
from shared.http.idempotency import claim
from shared.http.requests import Request

# What a toggle with an `Idempotency-Key` did; stored with the key.
LIKED, UNLIKED = "liked", "unliked"


def like(viewer: Caller, visible: VisiblePost) -> int:
    """Like the post, and return its number of likes. Liking it again changes nothing."""
    if visible.like is not None:
        return count_of(visible)
    # If it exists, a quicker request of the same person put it, and it is not counted yet either.
    with suppress(ConditionFailed):
        put_like(viewer, visible.post)
    return _count(visible.post, 1)


def unlike(viewer: Caller, visible: VisiblePost) -> int:
    """Remove the viewer's like, if there is one, and return the post's number of likes."""
    if visible.like is None:
        return _count(visible.post, 0)
    with suppress(ConditionFailed):  # a quicker request has removed it
        drop_like(viewer, visible.post)
    return _count_without(visible.like, visible.post)


def toggle(request: Request, visible: VisiblePost) -> tuple[bool, int]:
    """Like the post or remove the like; return whether it is liked now, and its number of likes.

    Raises `ConditionFailed` if the like changed after it was read, and `AlreadyMade` if an earlier
    request with the same `Idempotency-Key` toggled it.
    """
    viewer, post = request.caller, visible.post
    with transaction() as write:
        claim(write, request, LIKED if visible.like is None else UNLIKED)
        if visible.like is None:
            write.put(_new_like(viewer, post), Like.is_new())
        else:
            write.delete(Like(post.post_id, viewer.user_id), Like.is_there())
    if visible.like is None:
        return True, _count(post, 1)
    return False, _count_without(visible.like, post)


def count_of(visible: VisiblePost) -> int:
    """The post's number of likes, the viewer's included even if it is not counted yet."""
    if visible.like is None or _is_counted(visible.like, visible.post):
        return _count(visible.post, 0)
    return _count(visible.post, 1)


def put_like(viewer: Caller, post: Post) -> None:
    """Put the like; raise `ConditionFailed` if it exists."""
    _new_like(viewer, post).create()


def drop_like(viewer: Caller, post: Post) -> None:
    """Delete the like; raise `ConditionFailed` if there is none."""
    with conditions():
        Like(post.post_id, viewer.user_id).delete(condition=Like.is_there())


def _new_like(viewer: Caller, post: Post) -> Like:
    return Like(
        post.post_id,
        viewer.user_id,
        username=viewer.username,
        author_id=post.author_id,
        liked_at=timestamp(),
        post_seq=post.like_seq,
    )


def _is_counted(like: Like, post: Post) -> bool:
    return like.post_seq != post.like_seq


def _count_without(like: Like, post: Post) -> int:
    return _count(post, -1 if _is_counted(like, post) else 0)


def _count(post: Post, change: int) -> int:
    return max(post.like_count + change, 0)
