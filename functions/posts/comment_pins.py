"""Pin comments above the others: the post and the comment change in one transaction.

The post lists its pinned comments, so listing comments takes no extra call. Each of them says that
it is pinned, so that the stream removes it from the list when it is deleted.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from posts.models import Comment, Post
from posts.visible_comments import Place, get_visible_comment
from shared.access.caller import Caller
from shared.dynamodb.tables import (
    conditions,
    read_items,
    retry_lost_races,
    transaction,
)
from shared.errors import (
    CommentNotFound,
    InvalidInput,
    LimitReached,
    NotOwner,
)

MOST_PINNED = 3


type Pins = list[dict[str, str]]  # [{comment_id, user_id}], the latest first


def pinned_places(post: Post) -> list[Place]:
    """Where a post's pinned comments are, the latest pinned first."""
    return [
        Place(post.post_id, each["comment_id"], each["user_id"], None) for each in pins_of(post)
    ]


def pin(caller: Caller, comment_id: str) -> None:
    """Pin a comment that the caller may see on their own post. Raises `CommentNotFound`,
    `NotOwner`, `LimitReached`, and `InvalidInput` for a reply."""
    _change(caller, comment_id, _with)


def unpin(caller: Caller, comment_id: str) -> None:
    """Put it back among the others; raises as `pin` does."""
    _change(caller, comment_id, _without)


def _with(post: Post, comment: Comment) -> Pins:
    if comment.parent_comment_id:
        raise InvalidInput(("comment_id", "A reply cannot be pinned."))
    pins = pins_of(post)
    if comment.is_pinned:
        return pins
    if len(pins) >= MOST_PINNED:
        pins = _those_there(post)
    if len(pins) >= MOST_PINNED:
        raise LimitReached
    return [{"comment_id": comment.comment_id, "user_id": comment.user_id}, *pins]


def _without(post: Post, comment: Comment) -> Pins:
    return without(pins_of(post), {comment.comment_id})


def _those_there(post: Post) -> Pins:
    """Without those that were deleted a moment ago, of which the stream has not told yet."""
    keys = [(Comment, post.post_id, each["comment_id"]) for each in pins_of(post)]
    found = read_items(keys, consistent=True)
    return without(pins_of(post), {key[2] for key in keys if key not in found})


def _change(caller: Caller, comment_id: str, pins_with: Callable[[Post, Comment], Pins]) -> None:
    def change() -> None:
        seen, seen_post = get_visible_comment(caller, comment_id)
        comment, post = seen.comment, seen_post.post
        if post.author_id != caller.user_id:
            raise NotOwner
        pins = pins_with(post, comment)
        if pins == pins_of(post):
            return
        is_pinned = pins_with is _with
        mark = Comment.is_pinned.set(True) if is_pinned else Comment.is_pinned.remove()
        with transaction() as write:
            write.update(Post(post.post_id), new_pins(pins), condition=pins_are_as_read(post))
            write.update(comment, mark, condition=Comment.is_there(), otherwise=CommentNotFound())

    retry_lost_races(change)


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


def forget_pinned(gone: Iterable[Comment]) -> None:
    """Drop comments that were deleted from what their posts name."""
    by_post: dict[str, set[str]] = {}
    for comment in gone:
        if comment.is_pinned:
            by_post.setdefault(comment.post_id, set()).add(comment.comment_id)
    for post_id, comment_ids in by_post.items():
        retry_lost_races(partial(_forget, post_id, comment_ids))


def _forget(post_id: str, comment_ids: set[str]) -> None:
    post = Post.find(post_id, consistent=True)
    if post is None:
        return
    pins = without(pins_of(post), comment_ids)
    if pins != pins_of(post):
        with conditions():
            Post(post_id).update(actions=[new_pins(pins)], condition=pins_are_as_read(post))
