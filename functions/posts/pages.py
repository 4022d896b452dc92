"""Full pages of posts, from lists of which not everything may be seen."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from pynamodb.indexes import GlobalSecondaryIndex

from posts.shapes import PostShape
from posts.visible_posts import VisiblePost, get_visible_posts
from shared.access.caller import Caller
from shared.dynamodb.tables import Table, resume_key

_MAX_READ = 100  # posts in one batch
# Lambda answers with 6 MB at most. On AWS a signed URL has 1.5 KB, most of it the session token of
# the role, and a picture has seven: a hundred posts of ten pictures would be 10 MB.
MOST_MEDIA = 400  # pictures and videos on a page: 4.2 MB of URLs
_ROUNDS = 30  # that one page may take; beyond it, it is short and goes on at its cursor


@dataclass(frozen=True, slots=True)
class Ref:
    """A post that may belong on a page, and its author."""

    post_id: str
    author_id: str
    place: Any = None  # where to go on after it, in a list that is not in the order of post ids

    @property
    def after(self) -> Any:
        """Where to go on after it."""
        return self.place or self.post_id


@dataclass(frozen=True, slots=True)
class Part:
    """What was read of one list. It holds everything down to `reach` (None: everything there is),
    a post id where the list is by post ids; what is behind it is not known yet."""

    refs: Sequence[Ref]
    reach: Any


# Reads so many candidates behind a place; None is the beginning.
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
    """The next `limit` posts behind the place `after` that the viewer may see (and that are
    `wanted`), `skip` of them left out, and the place to go on after: None at the list's end. The
    page is full unless it is the last, or no more fits an answer."""
    found: list[tuple[VisiblePost, Any]] = []
    waiting: list[Ref] = []
    reach = last = after
    at_end = False
    for round_ in range(_ROUNDS):
        missing = skip + limit - len(found)
        if missing <= 0 or (at_end and not waiting):
            break
        # Where much may not be seen, each round looks further.
        size = min(max(missing, 10 * 2**round_ if round_ else 0), _MAX_READ)
        if not waiting:
            part = source(reach, size + 1)
            waiting, at_end, reach = list(part.refs), part.reach is None, part.reach
        taken, waiting = waiting[:size], waiting[size:]
        last = taken[-1].after if taken else reach
        refs = {ref.post_id: ref for ref in taken}
        authors = {ref.post_id: ref.author_id for ref in taken}
        seen = [
            (each, refs[each.post.post_id].after)
            for each in get_visible_posts(viewer, list(refs), authors, followed_only=followed_only)
            if wanted is None or wanted(each)
        ]
        found += seen[skip:]
        skip -= min(skip, len(seen))
    limit = min(limit, fitting(len(seen.post.media) for seen, _ in found))
    if len(found) > limit:
        last = found[limit - 1][1]
    elif at_end and not waiting:
        last = None
    return [seen for seen, _ in found[:limit]], last


def fitting(media: Iterable[int]) -> int:
    """How many posts, of which each has so many media, fit a page from the first on; always one."""
    return max(1, sum(so_far <= MOST_MEDIA for so_far in accumulate(media)))


def fit_page[Entry: Table](
    posts: list[PostShape],
    entries: Mapping[str, Entry],
    source: GlobalSecondaryIndex[Entry],
    following: dict[str, Any] | None,
) -> tuple[list[PostShape], dict[str, Any] | None]:
    """As many of a page's `posts` as fit an answer, and the key to go on after: `following`, or
    that of the last post's entry. `entries` are what a query of `source` found, by post id; what
    they name and `posts` lacks may not be seen."""
    count = fitting(len(post["media"]) for post in posts)
    if count >= len(posts):
        return posts, following
    return posts[:count], resume_key(source, entries[posts[count - 1]["id"]])
