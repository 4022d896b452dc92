"""Reading posts together with all that decides who sees them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
    followed_only: bool = False,
    consistent: bool = False,
) -> list[Seen]:
    """Those of `post_ids` that the viewer may see, in their order.

    `authors` tells who made them (post id -> author id). Where it does not, and this process has
    not met the post before, it takes a second batch; so it does to ask whether the viewer is a
    close friend. With `followed_only` only the viewer's own and those of people they follow: as a
    block ends a follow, blocks need not be read then.
    """
    known = {
        post_id: author_id
        for post_id in post_ids
        if (author_id := (authors or {}).get(post_id) or _authors.get(post_id))
    }
    keys = _post_keys(viewer, post_ids, known, followed_only)
    found = read_items(keys, consistent=consistent)
    posts = [post for post_id in post_ids if (post := found.get((Post, post_id)))]
    more = list(_missing_keys(viewer, posts, known, followed_only))
    if more:
        found.update(read_items(more, consistent=consistent))
    seen = (_see(viewer, post, found) for post in posts)
    return [each for each in seen if each and (not followed_only or _is_followed(each))]


def see_post(viewer: Caller, post_id: str) -> Seen:
    """The post as it is at this moment, if the viewer may see it; else raises `PostNotFound`."""
    seen = see_posts(viewer, [post_id], consistent=True) if is_id(post_id) else []
    if not seen:
        raise PostNotFound
    return seen[0]


def remember_author(post_id: str, author_id: str) -> None:
    """Keep who made a post, for the next reading of it in this process."""
    if len(_authors) >= _REMEMBERED:
        _authors.clear()
    _authors[post_id] = author_id


def _see(viewer: Caller, post: Post, found: Mapping[Key, Any]) -> Seen | None:
    remember_author(post.post_id, post.author_id)
    author: User | None = found.get((User, post.author_id))
    if author is None:
        return None
    is_own = viewer.user_id == post.author_id
    relation = None if is_own else relation_from(found, viewer.user_id, post.author_id)
    standing = _standing(viewer, post.author_id, relation, found)
    if not may_see(post, Author(is_shown(author), author.is_private), standing):
        return None
    return Seen(post, author, relation, found.get((Like, post.post_id, viewer.user_id)))


def _standing(
    viewer: Caller, author_id: str, relation: Relation | None, found: Mapping[Key, Any]
) -> Standing:
    if relation is None:
        return Standing(owns=True)
    # An unverified account sees what a non-follower sees.
    is_full = viewer.scope == "full"
    return Standing(
        follows=is_full and relation.follows,
        is_close_friend=is_full and relation_from(found, author_id, viewer.user_id).close_friend,
        is_blocked=relation.blocked,
    )


def _is_followed(seen: Seen) -> bool:
    return seen.relation is None or seen.relation.follows


def _post_keys(
    viewer: Caller, post_ids: Sequence[str], known: Mapping[str, str], followed_only: bool
) -> Iterator[Key]:
    for post_id in post_ids:
        yield (Post, post_id)
        yield (Like, post_id, viewer.user_id)
        if post_id in known:
            yield from _person_keys(viewer, known[post_id], followed_only)


def _missing_keys(
    viewer: Caller, posts: Sequence[Post], known: Mapping[str, str], followed_only: bool
) -> Iterator[Key]:
    for post in posts:
        if post.post_id not in known:
            yield from _person_keys(viewer, post.author_id, followed_only)
        if post.visibility == "close_friends":
            yield from relation_keys(post.author_id, viewer.user_id, ("close_friend",))


def _person_keys(viewer: Caller, author_id: str, followed_only: bool) -> list[Key]:
    if followed_only:
        edges = relation_keys(viewer.user_id, author_id, ("follows", "mutes"))
    else:
        edges = relation_keys(viewer.user_id, author_id, VISIBILITY)
    return [(User, author_id), *edges]
