"""Pinning comments above the others: the post and the comment change in one transaction."""

from collections.abc import Callable

from posts.models import Comment, Post
from posts.pins import Pins, new_pins, pins_are_as_read, pins_of, retried, without
from posts.visible_comments import Place, see_comment
from shared.access.caller import Caller
from shared.dynamodb.tables import read_items, transaction
from shared.errors import CommentNotFound, InvalidInput, LimitReached, NotOwner

MOST_PINNED = 3


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
        seen, seen_post = see_comment(caller, comment_id)
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

    retried(change)
