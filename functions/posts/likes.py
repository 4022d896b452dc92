"""Liking and unliking: one conditional write, and the count that already includes it.

Counters follow their stream by some milliseconds. So that a like and an unlike right behind it tell
the right numbers, a like keeps where the counter stood before it.
"""

from contextlib import suppress

from posts.models import Like, Post
from posts.visible_posts import VisiblePost
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed, conditions, transaction
from shared.http.idempotency import claim
from shared.http.requests import Request

# What a key of SocialHub's like did.
LIKED, UNLIKED = "liked", "unliked"


def like(viewer: Caller, seen: VisiblePost) -> int:
    """Let the viewer like the post, and return its likes. Liking it again changes nothing."""
    post = seen.post
    if seen.like is None:
        # If another request of the same person was quicker, that is as good and as little counted.
        with suppress(ConditionFailed):
            put_like(viewer, post)
        return _count(post, 1)
    return likes_of(seen)


def unlike(viewer: Caller, seen: VisiblePost) -> int:
    """End the viewer's like, if there is one, and return the post's likes."""
    if seen.like is not None:
        with suppress(ConditionFailed):  # as above
            drop_like(viewer, seen.post)
        return _count(seen.post, -1 if _is_counted(seen.like, seen.post) else 0)
    return _count(seen.post, 0)


def toggle(request: Request, seen: VisiblePost) -> tuple[bool, int]:
    """Like the post or end the like: whether it is liked now, and its likes.

    Raises `ConditionFailed` if the like changed since it was read, and `AlreadyMade` if an earlier
    request with this key made or ended it. A transaction, because once more is not the same here:
    DynamoDB knows one that is sent again after its answer was lost, and the key knows the rest.
    """
    viewer, post = request.caller, seen.post
    with transaction() as write:
        claim(write, request, LIKED if seen.like is None else UNLIKED)
        if seen.like is None:
            write.put(_new_like(viewer, post), Like.is_new())
        else:
            write.delete(Like(post.post_id, viewer.user_id), Like.is_there())
    if seen.like is None:
        return True, _count(post, 1)
    return False, _count(post, -1 if _is_counted(seen.like, post) else 0)


def likes_of(seen: VisiblePost) -> int:
    """The post's likes, the viewer's among them whether the stream has come to it or not."""
    if seen.like is None or _is_counted(seen.like, seen.post):
        return _count(seen.post, 0)
    return _count(seen.post, 1)


def put_like(viewer: Caller, post: Post) -> None:
    """Put the like; raises `ConditionFailed` if it is there."""
    _new_like(viewer, post).create()


def drop_like(viewer: Caller, post: Post) -> None:
    """Delete the like; raises `ConditionFailed` if it is not there."""
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


def _is_counted(given: Like, post: Post) -> bool:
    return given.post_seq != post.like_seq


def _count(post: Post, change: int) -> int:
    return max(post.like_count + change, 0)
