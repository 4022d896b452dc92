"""Reading comments together with everything that decides who may see them.

A viewer sees a comment if they may see its post and its author is not hidden from them, and a reply
only while its top-level comment is there. So one write hides a whole thread.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from posts.models import Comment, CommentLike
from posts.visible_posts import VisiblePost, get_visible_post_with
from shared.access.caller import Caller
from shared.dynamodb.tables import Found, Key, query, read_items
from shared.errors import CommentNotFound, PostNotFound
from shared.ids import is_id
from users.public import User, is_shown, relation_from, relation_keys

_REMEMBERED = 10_000
_places: dict[str, "Place"] = {}  # by comment id


class Place(NamedTuple):
    """The keys of a comment and the id of its author, none of which ever changes."""

    post_id: str
    comment_id: str
    user_id: str
    parent_comment_id: str | None


# A comment from the table or one of its indexes has the attributes of its place as well.
type CommentRef = Comment | Place


@dataclass(frozen=True, slots=True)
class VisibleComment:
    """A comment that its viewer may see, and what was read with it."""

    comment: Comment
    author: User
    like: CommentLike | None  # the viewer's


def get_visible_comment(viewer: Caller, comment_id: str) -> tuple[VisibleComment, VisiblePost]:
    """The comment and its post, read consistently; raises `CommentNotFound` if the viewer may not
    see both."""
    place = find_place(comment_id)
    try:
        post, found = get_visible_post_with(viewer, place.post_id, comment_keys(viewer, place))
    except PostNotFound as error:
        raise CommentNotFound from error
    visible = comment_from(found, viewer, place)
    if visible is None:
        raise CommentNotFound
    return visible, post


def get_visible_comments(viewer: Caller, refs: Iterable[CommentRef]) -> list[VisibleComment]:
    """Those of the comments that the viewer may see, if they may see the posts, in order."""
    refs = list(refs)
    found = read_items(key for ref in refs for key in comment_keys(viewer, ref))
    visible = (comment_from(found, viewer, ref) for ref in refs)
    return [each for each in visible if each]


def find_place(comment_id: str) -> Place:
    """The place of a comment; raises `CommentNotFound`."""
    if not is_id(comment_id):
        raise CommentNotFound
    if place := known_place(comment_id):
        return place
    found, _ = query(Comment.by_comment, comment_id, limit=1)
    if not found:
        raise CommentNotFound
    return remember_place(found[0])


def known_place(comment_id: str) -> Place | None:
    """The place of a comment that this process has read before."""
    return _places.get(comment_id)


def remember_place(ref: CommentRef) -> Place:
    """Remember a comment's place, for the next read of it in this process."""
    if len(_places) >= _REMEMBERED:
        _places.clear()
    place = Place(ref.post_id, ref.comment_id, ref.user_id, ref.parent_comment_id)
    return _places.setdefault(ref.comment_id, place)


def comment_keys(viewer: Caller, ref: CommentRef) -> list[Key]:
    """The keys that `comment_from` needs."""
    keys: list[Key] = [
        (Comment, ref.post_id, ref.comment_id),
        (CommentLike, ref.comment_id, viewer.user_id),
        (User, ref.user_id),
        *relation_keys(viewer.user_id, ref.user_id, ("blocks", "blocked_by")),
    ]
    if ref.parent_comment_id:
        keys.append((Comment, ref.post_id, ref.parent_comment_id))
    return keys


def comment_from(found: Found, viewer: Caller, ref: CommentRef) -> VisibleComment | None:
    """The comment that was read, if the viewer may see it, given that they may see the post."""
    comment = found.get(Comment, ref.post_id, ref.comment_id)
    author = found.get(User, ref.user_id)
    if comment is None or comment.is_hidden or author is None:
        return None
    if ref.parent_comment_id:
        parent = found.get(Comment, ref.post_id, ref.parent_comment_id)
        if parent is None or parent.is_hidden:
            return None
    if not _is_shown_to(found, viewer, author):
        return None
    return VisibleComment(comment, author, found.get(CommentLike, ref.comment_id, viewer.user_id))


def _is_shown_to(found: Found, viewer: Caller, person: User) -> bool:
    if person.user_id == viewer.user_id:
        return True
    return is_shown(person) and not relation_from(found, viewer.user_id, person.user_id).blocked
