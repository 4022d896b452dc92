"""Reading posts together with everything that decides who may see them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from posts.models import Like, Post
from posts.visibility import Author, ViewerAccess, may_see
from saved.public import SavedPost, saved_key
from shared.access.caller import Caller
from shared.dynamodb.tables import Found, Key, read_items
from shared.errors import PostNotFound
from shared.ids import is_id
from users.public import VISIBILITY, Relation, User, is_shown, relation_from, relation_keys

_REMEMBERED = 10_000
# A post's author never changes. If it is known, all about the post is read in one batch.
_authors: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class VisiblePost:
    """A post that its viewer may see, and what was read with it."""

    post: Post
    author: User
    relation: Relation | None  # of the viewer to the author; None: the viewer is the author
    like: Like | None  # the viewer's
    collaborates: bool = False  # whether the viewer is an accepted collaborator
    saved: SavedPost | None = None  # the viewer's


def get_visible_posts(
    viewer: Caller,
    post_ids: Sequence[str],
    authors: Mapping[str, str] | None = None,
    *,
    followed_only: bool = False,
    consistent: bool = False,
) -> list[VisiblePost]:
    """Those of `post_ids` that the viewer may see, in order.

    `authors` maps post ids to author ids. A post whose author is neither there nor known to this
    process takes a second batch, and so does the question whether the viewer is a close friend.
    With `followed_only`: only the viewer's own posts, those they collaborate on, and those of
    people they follow; as a block ends a follow, blocks need not be read then.
    """
    return _read(viewer, post_ids, authors or {}, followed_only, consistent)[0]


def get_visible_post(viewer: Caller, post_id: str) -> VisiblePost:
    """The post, read consistently; raises `PostNotFound` if the viewer may not see it."""
    return get_visible_post_with(viewer, post_id, ())[0]


def get_visible_post_with(
    viewer: Caller, post_id: str, also: Iterable[Key]
) -> tuple[VisiblePost, Found]:
    """`get_visible_post`, and the items of the keys `also`, read in the same batch."""
    if not is_id(post_id):
        raise PostNotFound
    visible, found = _read(viewer, [post_id], {}, False, True, also)
    if not visible:
        raise PostNotFound
    return visible[0], found


def remember_author(post_id: str, author_id: str) -> None:
    """Remember a post's author, for the next read of the post in this process."""
    if len(_authors) >= _REMEMBERED:
        _authors.clear()
    _authors[post_id] = author_id


def collaborates(post: Post, user_id: str) -> bool:
    """Whether this person is an accepted collaborator of the post."""
    return any(
        each["user_id"] == user_id and each["status"] == "accepted" for each in post.collaborators
    )


def _read(
    viewer: Caller,
    post_ids: Sequence[str],
    authors: Mapping[str, str],
    followed_only: bool,
    consistent: bool,
    also: Iterable[Key] = (),
) -> tuple[list[VisiblePost], Found]:
    """The visible posts, as `get_visible_posts` returns them, and all that was read."""
    known = {
        post_id: author_id
        for post_id in post_ids
        if (author_id := authors.get(post_id) or _authors.get(post_id))
    }
    keys = [*_post_keys(viewer, post_ids, known, followed_only), *also]
    found = read_items(keys, consistent=consistent)
    posts = [post for post_id in post_ids if (post := found.get(Post, post_id))]
    more = list(_missing_keys(viewer, posts, known, followed_only, found))
    if more:
        found |= read_items(more, consistent=consistent)
    visible = (_visible_post(viewer, post, found) for post in posts)
    return [each for each in visible if each and (not followed_only or _is_followed(each))], found


def _visible_post(viewer: Caller, post: Post, found: Found) -> VisiblePost | None:
    remember_author(post.post_id, post.author_id)
    author = found.get(User, post.author_id)
    if author is None:
        return None
    is_own = viewer.user_id == post.author_id
    relation = None if is_own else relation_from(found, viewer.user_id, post.author_id)
    access = _viewer_access(viewer, post, relation, found)
    if not may_see(post, Author(is_shown(author), author.is_private), access):
        return None
    like = found.get(Like, post.post_id, viewer.user_id)
    saved = found.at(saved_key(viewer.user_id, post.post_id))
    return VisiblePost(post, author, relation, like, access.collaborates, saved)


def _viewer_access(
    viewer: Caller, post: Post, relation: Relation | None, found: Found
) -> ViewerAccess:
    if relation is None:
        return ViewerAccess(owns=True)
    # An unverified account sees what a non-follower sees.
    is_full = viewer.scope == "full"
    return ViewerAccess(
        collaborates=is_full and collaborates(post, viewer.user_id),
        follows=is_full and relation.follows,
        is_close_friend=is_full
        and post.visibility == "close_friends"  # only then was the edge read
        and relation_from(found, post.author_id, viewer.user_id).close_friend,
        is_blocked=relation.blocked,
    )


def _is_followed(visible: VisiblePost) -> bool:
    return visible.relation is None or visible.relation.follows or visible.collaborates


def _post_keys(
    viewer: Caller, post_ids: Sequence[str], known: Mapping[str, str], followed_only: bool
) -> Iterator[Key]:
    for post_id in post_ids:
        yield (Post, post_id)
        yield (Like, post_id, viewer.user_id)
        yield saved_key(viewer.user_id, post_id)
        if post_id in known:
            yield from _person_keys(viewer, known[post_id], followed_only)


def _missing_keys(
    viewer: Caller,
    posts: Sequence[Post],
    known: Mapping[str, str],
    followed_only: bool,
    found: Found,
) -> Iterator[Key]:
    for post in posts:
        if post.post_id not in known:
            yield from _person_keys(viewer, post.author_id, followed_only)
        if followed_only and collaborates(post, viewer.user_id):
            # A block ends a collaboration too, but only some time later.
            blocks = relation_keys(viewer.user_id, post.author_id, ("blocks", "blocked_by"))
            yield from (key for key in blocks if key not in found)
        if post.visibility == "close_friends":
            yield from relation_keys(post.author_id, viewer.user_id, ("close_friend",))


def _person_keys(viewer: Caller, author_id: str, followed_only: bool) -> list[Key]:
    if followed_only:
        edges = relation_keys(viewer.user_id, author_id, ("follows", "mutes"))
    else:
        edges = relation_keys(viewer.user_id, author_id, VISIBILITY)
    return [(User, author_id), *edges]
