"""Reading comments together with all that decides who sees them.

A comment is there for who may see its post, while its author is shown to them; a reply, while its
top-level comment exists. So one write hides a whole thread.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from posts.models import Comment, CommentLike
from posts.visible_posts import VisiblePost, get_visible_post_with
from shared.access.caller import Caller
from shared.dynamodb.tables import Found, Key, query, read_items
from shared.errors import CommentNotFound, PostNotFound
from shared.ids import is_id
from users.public import User, is_shown, people_shown, relation_from, relation_keys

_REMEMBERED = 10_000


class Place(NamedTuple):
    """Where a comment is and who wrote it: none of it ever changes."""

    post_id: str
    comment_id: str
    user_id: str
    parent_comment_id: str | None


# A comment, as the table or one of its indexes gives it, tells its place as well.
type Ref = Comment | Place


@dataclass(frozen=True, slots=True)
class VisibleComment:
    """A comment that its viewer may see, and what was read with it."""

    comment: Comment
    author: User
    like: CommentLike | None  # the viewer's


_places: dict[str, Place] = {}


def get_visible_comment(viewer: Caller, comment_id: str) -> tuple[VisibleComment, VisiblePost]:
    """The comment as it is at this moment and its post, if the viewer may see both; else raises
    `CommentNotFound`."""
    place = find_place(comment_id)
    try:
        post, found = get_visible_post_with(viewer, place.post_id, comment_keys(viewer, place))
    except PostNotFound as error:
        raise CommentNotFound from error
    seen = comment_from(found, viewer, place)
    if seen is None:
        raise CommentNotFound
    return seen, post


def get_visible_comments(viewer: Caller, refs: Iterable[Ref]) -> list[VisibleComment]:
    """Those of the comments that the viewer may see, in their order; their posts are not looked
    at."""
    refs = list(refs)
    found = read_items(key for ref in refs for key in comment_keys(viewer, ref))
    seen = (comment_from(found, viewer, ref) for ref in refs)
    return [each for each in seen if each]


def find_place(comment_id: str) -> Place:
    """Where a comment is; raises `CommentNotFound`."""
    if not is_id(comment_id):
        raise CommentNotFound
    if place := known_place(comment_id):
        return place
    found, _ = query(Comment.by_comment, comment_id, limit=1)
    if not found:
        raise CommentNotFound
    return remember_place(found[0])


def known_place(comment_id: str) -> Place | None:
    """Where a comment is that this process has met before."""
    return _places.get(comment_id)


def remember_place(ref: Ref) -> Place:
    """Keep where a comment is, for the next reading of it in this process."""
    if len(_places) >= _REMEMBERED:
        _places.clear()
    place = Place(ref.post_id, ref.comment_id, ref.user_id, ref.parent_comment_id)
    return _places.setdefault(ref.comment_id, place)


def comment_keys(viewer: Caller, ref: Ref) -> list[Key]:
    """What `comment_from` needs."""
    keys: list[Key] = [
        (Comment, ref.post_id, ref.comment_id),
        (CommentLike, ref.comment_id, viewer.user_id),
        (User, ref.user_id),
        *relation_keys(viewer.user_id, ref.user_id, ("blocks", "blocked_by")),
    ]
    if ref.parent_comment_id:
        keys.append((Comment, ref.post_id, ref.parent_comment_id))
    return keys


def comment_from(found: Found, viewer: Caller, ref: Ref) -> VisibleComment | None:
    """The comment that was read, if the viewer may see it (given that they may see the post)."""
    comment = found.get(Comment, ref.post_id, ref.comment_id)
    author = found.get(User, ref.user_id)
    if comment is None or author is None:
        return None
    parent_id = ref.parent_comment_id
    if parent_id and (Comment, ref.post_id, parent_id) not in found:
        return None
    if not is_visible(found, viewer, author):
        return None
    return VisibleComment(comment, author, found.get(CommentLike, ref.comment_id, viewer.user_id))


def is_visible(found: Found, viewer: Caller, person: User) -> bool:
    """Whether the viewer is shown this person, going by the blocks that were read."""
    if person.user_id == viewer.user_id:
        return True
    return is_shown(person) and not relation_from(found, viewer.user_id, person.user_id).blocked


def visible_people(viewer: Caller, user_ids: Sequence[str]) -> dict[str, User]:
    """Those of these people whom the viewer is shown."""
    return people_shown(viewer.user_id, user_ids)
