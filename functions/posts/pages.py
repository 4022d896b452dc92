"""Full pages of posts, from lists of which the viewer may not see everything."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from pynamodb.indexes import GlobalSecondaryIndex

from media.public import shape_size
from posts.models import Post
from posts.shapes import PostShape
from posts.visible_posts import VisiblePost, get_visible_posts
from shared.access.caller import Caller
from shared.aws.media_urls import url_length
from shared.dynamodb.tables import Table, resume_key
from shared.encoding import to_json

_MAX_READ = 100  # posts in one batch
# Bytes of JSON on a page. A Lambda's answer has at most 6 MB, in which a body's quotes are escaped.
# A picture has eleven URLs of 1.6 KB and more, most of it the role's session token: a hundred posts
# of ten pictures would be 18 MB.
MOST_BYTES = 5_000_000
_USER, _FIELDS = 600, 1500  # bytes of a person, and of a post's other fields, without URLs
_ROUNDS = 30  # of reads for one page; after them it ends short, and its cursor continues


@dataclass(frozen=True, slots=True)
class PostCandidate:
    """A candidate for a page: a post and its author."""

    post_id: str
    author_id: str
    place: Any = None  # where to continue after it, in a list that is not ordered by post ids

    @property
    def after(self) -> Any:
        """Where to continue after it."""
        return self.place or self.post_id


@dataclass(frozen=True, slots=True)
class Part:
    """What was read of one list: everything down to `reach` (None: down to the end), which is a
    post id in a list ordered by post ids. What comes after it is not known yet. A part that
    `is_partial` lacks what DynamoDB throttled."""

    candidates: Sequence[PostCandidate]
    reach: Any
    is_partial: bool = False


# Reads up to this many candidates after a place; None is the beginning.
type Source = Callable[[Any, int], Part]


def fill_page(
    viewer: Caller,
    source: Source,
    limit: int,
    after: Any,
    *,
    skip: int = 0,
    wanted: Callable[[VisiblePost], bool] | None = None,
    followed_only: bool = False,
) -> tuple[list[VisiblePost], Any]:
    """The next `limit` posts after the place `after` that the viewer may see (and that are
    `wanted`), without the first `skip` of them, and the place to continue after: None at the list's
    end. The page is full unless it is the last, or more would not fit an answer."""
    found: list[tuple[VisiblePost, Any]] = []  # each with the place after it
    unread: list[PostCandidate] = []
    reach = last = after
    at_end = False
    for round_ in range(_ROUNDS):
        missing = skip + limit - len(found)
        if missing <= 0 or (at_end and not unread):
            break
        # The more the viewer may not see, the more each round reads.
        size = min(max(missing, 10 * 2**round_ if round_ else 0), _MAX_READ)
        if not unread:
            part = source(reach, size + 1)
            unread, at_end, reach = list(part.candidates), part.reach is None, part.reach
        batch, unread = unread[:size], unread[size:]
        last = batch[-1].after if batch else reach
        places = {each.post_id: each.after for each in batch}
        authors = {each.post_id: each.author_id for each in batch}
        visible = [
            (each, places[each.post.post_id])
            for each in get_visible_posts(
                viewer, list(places), authors, followed_only=followed_only
            )
            if wanted is None or wanted(each)
        ]
        found += visible[skip:]
        skip -= min(skip, len(visible))
    limit = min(limit, fitting(_size_of(each.post) for each, _ in found))
    if len(found) > limit:
        last = found[limit - 1][1]
    elif at_end and not unread:
        last = None
    return [each for each, _ in found[:limit]], last


def fitting(sizes: Iterable[int]) -> int:
    """How many posts fit a page, given the bytes of each; at least one."""
    return max(1, sum(so_far <= MOST_BYTES for so_far in accumulate(sizes)))


def _size_of(post: Post) -> int:
    """How many bytes of JSON the shape Post has at most."""
    people = 1 + len(post.mentions) + len(post.collaborators)
    text = len(to_json(post.caption).encode())
    return (
        sum(map(shape_size, post.media))
        + (people + 1) * (url_length() + _USER)  # and the thumbnail
        + 2 * text  # its tags once more
        + _FIELDS
    )


def fit_page[Entry: Table](
    posts: list[PostShape],
    entries: Mapping[str, Entry],
    source: GlobalSecondaryIndex[Entry],
    following: dict[str, Any] | None,
) -> tuple[list[PostShape], dict[str, Any] | None]:
    """As many of a page's `posts` as fit an answer, and the key to continue after: `following`, or
    that of the last post's entry. `entries` are the items that a query of `source` found, by post
    id; `posts` are those of them that the viewer may see."""
    count = fitting(len(to_json(post).encode()) for post in posts)
    if count >= len(posts):
        return posts, following
    return posts[:count], resume_key(source, entries[posts[count - 1]["id"]])
