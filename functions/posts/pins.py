"""Which comments a post's author has pinned above the others, as the post keeps it.

The post names them, so that listing comments costs no call more; each of them says that it is
pinned, so that deleting it, whoever does, tells the stream to forget it.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from posts.models import Comment, Post
from shared.dynamodb.tables import ConditionFailed, conditions
from shared.errors import DependencyUnavailable

_TRIES = 4

type Pins = list[dict[str, str]]  # [{comment_id, user_id}], the latest first


def pins_of(post: Post) -> Pins:
    """A post's pinned comments. One that was deleted a moment ago may still be among them."""
    return post.pinned_comments or []


def without(pins: Pins, comment_ids: set[str]) -> Pins:
    """The pins but for these comments."""
    return [each for each in pins if each["comment_id"] not in comment_ids]


def new_pins(pins: Pins) -> Any:
    """The action that stores the pins of a post."""
    return Post.pinned_comments.set(pins) if pins else Post.pinned_comments.remove()


def pins_are_as_read(post: Post) -> Any:
    """The condition that nobody else has changed them."""
    pins = post.pinned_comments
    same = Post.pinned_comments == pins if pins else Post.pinned_comments.does_not_exist()
    return Post.is_there() & same


def retried(change: Callable[[], None]) -> None:
    """Do it again while others change the same post's pins."""
    for _ in range(_TRIES):
        try:
            change()
        except ConditionFailed:
            continue
        return
    raise DependencyUnavailable(Retry_After="1")


def forget_pinned(gone: Iterable[Comment]) -> None:
    """Drop comments that were deleted from what their posts name."""
    by_post: dict[str, set[str]] = {}
    for comment in gone:
        if comment.is_pinned:
            by_post.setdefault(comment.post_id, set()).add(comment.comment_id)
    for post_id, comment_ids in by_post.items():
        retried(partial(_forget, post_id, comment_ids))


def _forget(post_id: str, comment_ids: set[str]) -> None:
    post = Post.find(post_id, consistent=True)
    if post is None:
        return
    pins = without(pins_of(post), comment_ids)
    if pins != pins_of(post):
        with conditions():
            Post(post_id).update(actions=[new_pins(pins)], condition=pins_are_as_read(post))
