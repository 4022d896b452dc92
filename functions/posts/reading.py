"""Reading posts together with all that decides who sees them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from posts.models import Like, Post
from posts.visibility import Author, Standing, may_see
from shared.caller import Caller
from shared.errors import PostNotFound
from shared.ids import is_id
from shared.tables import Key, read_items
from users.public import VISIBILITY, Relation, User, is_shown, relation_from, relation_keys

_REMEMBERED = 10_000
# Who made a post never changes. Knowing it, everything about the post is read in one batch.
_authors: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Seen:
    """A post that its viewer may see, and what was read with it."""

    post: Post
    author: User
    relation: Relation | None  # of the viewer to the author; None: they are the same
    like: Like | None  # the viewer's


def see_posts(
    viewer: Caller,
    post_ids: Sequence[str],
    authors: Mapping[str, str] | None = None,
    *,
    consistent: bool = False,
) -> list[Seen]:
    """Those of `post_ids` that the viewer may see, in their order.

    `authors` tells who made them (post id -> author id). Where it does not, and this process has
    not met the post before, it takes a second batch.
    """
    known = {
        post_id: author_id
        for post_id in post_ids
        if (author_id := (authors or {}).get(post_id) or _authors.get(post_id))
    }
    found = read_items(_post_keys(viewer, post_ids, known), consistent=consistent)
    strangers = {
        post.author_id
        for post_id in post_ids
        if post_id not in known and (post := found.get((Post, post_id)))
    }
    if strangers:
        people = [key for each in strangers for key in _person_keys(viewer, each)]
        found.update(read_items(people, consistent=consistent))
    seen = (_see(viewer, post_id, found) for post_id in post_ids)
    return [each for each in seen if each is not None]


def see_post(viewer: Caller, post_id: str) -> Seen:
    """The post as it is at this moment, if the viewer may see it; else raises `PostNotFound`."""
    seen = see_posts(viewer, [post_id], consistent=True) if is_id(post_id) else []
    if not seen:
        raise PostNotFound
    return seen[0]


def standing_of(viewer: Caller, author_id: str, relation: Relation | None) -> Standing:
    """What the viewer is to an author. An unverified account sees what a non-follower sees."""
    if viewer.user_id == author_id or relation is None:
        return Standing(owns=viewer.user_id == author_id)
    return Standing(
        follows=relation.follows and viewer.scope == "full", is_blocked=relation.blocked
    )


def remember_author(post_id: str, author_id: str) -> None:
    """Keep who made a post, for the next reading of it in this process."""
    if len(_authors) >= _REMEMBERED:
        _authors.clear()
    _authors[post_id] = author_id


def _see(viewer: Caller, post_id: str, found: Mapping[Key, object]) -> Seen | None:
    post = found.get((Post, post_id))
    if not isinstance(post, Post):
        return None
    remember_author(post_id, post.author_id)
    author = found.get((User, post.author_id))
    if not isinstance(author, User):
        return None
    is_own = viewer.user_id == post.author_id
    relation = None if is_own else relation_from(found, viewer.user_id, post.author_id)
    standing = standing_of(viewer, post.author_id, relation)
    if not may_see(post, Author(is_shown(author), author.is_private), standing):
        return None
    like = found.get((Like, post_id, viewer.user_id))
    return Seen(post, author, relation, like if isinstance(like, Like) else None)


def _post_keys(viewer: Caller, post_ids: Sequence[str], known: Mapping[str, str]) -> Iterator[Key]:
    for post_id in post_ids:
        yield (Post, post_id)
        yield (Like, post_id, viewer.user_id)
        if post_id in known:
            yield from _person_keys(viewer, known[post_id])


def _person_keys(viewer: Caller, author_id: str) -> list[Key]:
    if author_id == viewer.user_id:
        return [(User, author_id)]
    return [(User, author_id), *relation_keys(viewer.user_id, author_id, VISIBILITY)]
