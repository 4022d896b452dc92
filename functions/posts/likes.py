"""Liking and unliking: one conditional write, and the count that already includes it.

Counters follow their stream by some milliseconds. So that a like and an unlike right behind it tell
the right numbers, a like keeps where the counter stood before it.
"""

from contextlib import suppress

from posts.models import Like, Post
from posts.reading import Seen
from shared.caller import Caller
from shared.clock import timestamp
from shared.tables import ConditionFailed, conditions


def like(viewer: Caller, seen: Seen) -> int:
    """Let the viewer like the post, and return its likes. Liking it again changes nothing."""
    post = seen.post
    if seen.like is None:
        # If another request of the same person was quicker, that is as good and as little counted.
        with suppress(ConditionFailed):
            put_like(viewer, post)
        return _count(post, 1)
    return _count(post, 0 if _is_counted(seen.like, post) else 1)


def unlike(viewer: Caller, seen: Seen) -> int:
    """End the viewer's like, if there is one, and return the post's likes."""
    if seen.like is not None:
        with suppress(ConditionFailed):  # as above
            drop_like(viewer, seen.post)
        return _count(seen.post, -1 if _is_counted(seen.like, seen.post) else 0)
    return _count(seen.post, 0)


def toggle(viewer: Caller, seen: Seen) -> tuple[bool, int]:
    """Like the post or end the like: whether it is liked now, and its likes.

    Raises `ConditionFailed` if the like changed since it was read.
    """
    if seen.like is None:
        put_like(viewer, seen.post)
        return True, _count(seen.post, 1)
    drop_like(viewer, seen.post)
    return False, _count(seen.post, -1 if _is_counted(seen.like, seen.post) else 0)


def put_like(viewer: Caller, post: Post) -> None:
    """Put the like; raises `ConditionFailed` if it is there."""
    Like(
        post.post_id,
        viewer.user_id,
        username=viewer.username,
        author_id=post.author_id,
        liked_at=timestamp(),
        post_seq=post.like_seq,
    ).create()


def drop_like(viewer: Caller, post: Post) -> None:
    """Delete the like; raises `ConditionFailed` if it is not there."""
    with conditions():
        Like(post.post_id, viewer.user_id).delete(condition=Like.is_there())


def _is_counted(given: Like, post: Post) -> bool:
    return given.post_seq != post.like_seq


def _count(post: Post, change: int) -> int:
    return max(post.like_count + change, 0)
