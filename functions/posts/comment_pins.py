"""Pinned comments, listed before the others: post and comment change in one transaction.

The post lists its pinned comments, so listing comments takes no extra call. Each of them stores
that it is pinned, so that the stream removes it from the list when it is deleted.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from posts.models import Comment, Post
from posts.visible_comments import Place, get_visible_comment
from shared.access.caller import Caller
from shared.dynamodb.tables import (
    ConditionFailed,
    conditions,
    read_items,
    retry_lost_races,
    transaction,
)
from shared.errors import CommentNotFound, InvalidInput, LimitReached, NotOwner

MOST_PINNED = 3

type Pins = list[dict[str, str]]  # [{comment_id, user_id}], the latest first


def pinned_places(post: Post) -> list[Place]:
    """The places of a post's pinned comments, the latest pinned first."""
    return [
        Place(post.post_id, each["comment_id"], each["user_id"], None) for each in _pins_of(post)
    ]


def pin(caller: Caller, comment_id: str) -> None:
    """Pin a comment that the caller may see on their own post. Raises `CommentNotFound`,
    `NotOwner`, `LimitReached`, and `InvalidInput` for a reply."""
    retry_lost_races(partial(_change, caller, comment_id, _pins_with))


def unpin(caller: Caller, comment_id: str) -> None:
    """Unpin a comment that the caller may see on their own post. Raises `CommentNotFound` and
    `NotOwner`."""
    retry_lost_races(partial(_change, caller, comment_id, _pins_without))


def forget_pinned(deleted: Iterable[Comment]) -> None:
    """Remove deleted comments from the pins of their posts."""
    by_post: dict[str, set[str]] = {}
    for comment in deleted:
        if comment.is_pinned:
            by_post.setdefault(comment.post_id, set()).add(comment.comment_id)
    for post_id, comment_ids in by_post.items():
        retry_lost_races(partial(_forget, post_id, comment_ids))


def unmark_unpinned(returned: Iterable[Comment]) -> None:
    """Unmark the returned comments whose place among the pins was given to another meanwhile."""
    for comment in returned:
        if not comment.is_pinned:
            continue
        post = Post.find(comment.post_id, consistent=True)
        if post and comment.comment_id not in {each["comment_id"] for each in _pins_of(post)}:
            with suppress(ConditionFailed):  # it is gone again
                Comment(comment.post_id, comment.comment_id).change(
                    Comment.is_pinned.remove(), condition=Comment.is_there()
                )


def _change(caller: Caller, comment_id: str, new_pins: Callable[[Post, Comment], Pins]) -> None:
    visible, visible_post = get_visible_comment(caller, comment_id)
    comment, post = visible.comment, visible_post.post
    if post.author_id != caller.user_id:
        raise NotOwner
    pins = new_pins(post, comment)
    if pins == _pins_of(post):
        return
    is_pinned = any(each["comment_id"] == comment_id for each in pins)
    mark = Comment.is_pinned.set(True) if is_pinned else Comment.is_pinned.remove()
    with transaction() as write:
        write.update(Post(post.post_id), _store(pins), condition=_are_as_read(post))
        write.update(comment, mark, condition=Comment.is_there(), otherwise=CommentNotFound())


def _pins_with(post: Post, comment: Comment) -> Pins:
    if comment.parent_comment_id:
        raise InvalidInput(("comment_id", "A reply cannot be pinned."))
    pins = _pins_of(post)
    if comment.is_pinned:
        return pins
    if len(pins) >= MOST_PINNED:
        pins = _existing_pins(post)
    if len(pins) >= MOST_PINNED:
        raise LimitReached
    return [{"comment_id": comment.comment_id, "user_id": comment.user_id}, *pins]


def _pins_without(post: Post, comment: Comment) -> Pins:
    return _without(_pins_of(post), {comment.comment_id})


def _existing_pins(post: Post) -> Pins:
    """The pins without comments that were just deleted and that the stream still has to remove, and
    without hidden ones, which keep their place only until another comment needs it."""
    keys = [(Comment, post.post_id, each["comment_id"]) for each in _pins_of(post)]
    found = read_items(keys, consistent=True)
    gone = {key[2] for key in keys if key not in found or found[key].is_hidden}
    return _without(_pins_of(post), gone)


def _forget(post_id: str, comment_ids: set[str]) -> None:
    post = Post.find(post_id, consistent=True)
    if post is None:
        return
    pins = _without(_pins_of(post), comment_ids)
    if pins != _pins_of(post):
        with conditions():
            Post(post_id).update(actions=[_store(pins)], condition=_are_as_read(post))


def _pins_of(post: Post) -> Pins:
    """A post's pinned comments; one that was just deleted may still be among them."""
    return post.pinned_comments or []


def _without(pins: Pins, comment_ids: set[str]) -> Pins:
    return [each for each in pins if each["comment_id"] not in comment_ids]


def _store(pins: Pins) -> Any:
    return Post.pinned_comments.set(pins) if pins else Post.pinned_comments.remove()


def _are_as_read(post: Post) -> Any:
    """The condition that the post exists and nobody else has changed its pins."""
    pins = post.pinned_comments
    same = Post.pinned_comments == pins if pins else Post.pinned_comments.does_not_exist()
    return Post.is_there() & same
