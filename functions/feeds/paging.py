"""A page of a feed: filled to its end from lists that are merged, with what may not be seen left
out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from feeds.merging import Part, Ref, merge
from posts.public import PostShape, Seen, read_posts
from shared.caller import Caller
from shared.errors import InvalidInput
from shared.paging import Page, read_count, read_page
from shared.requests import Request

_MAX_OFFSET = 1000  # posts that a page may skip
_MAX_READ = 100  # posts in one batch
_ROUNDS = 30  # that one page may take; beyond it, it is short and goes on at its cursor

type Source = Callable[[str | None, int], Sequence[Part]]


@dataclass(frozen=True, slots=True)
class FeedPage:
    """What a request asks for: so many posts, older than `after`, `skip` of them left out."""

    limit: int
    after: str | None
    skip: int
    number: int  # of the page, as SocialHub counts them


def read_feed_page(request: Request) -> FeedPage:
    """The page that a request asks for: a cursor counts first, then `page_offset`, then `page`."""
    given: Page = read_page(request)
    offset = read_count(request.parameters, "page_offset", 0, minimum=0)
    number = read_count(request.parameters, "page", 1)
    if offset > _MAX_OFFSET:
        raise InvalidInput(("page_offset", f"At most {_MAX_OFFSET}."))
    if given.after is not None:
        return FeedPage(given.limit, given.after, 0, number)
    if "page_offset" in request.parameters:
        return FeedPage(given.limit, None, offset, offset // given.limit + 1)
    skip = (number - 1) * given.limit
    if skip > _MAX_OFFSET:
        raise InvalidInput(("page", f"At most {_MAX_OFFSET} posts can be skipped; use the cursor."))
    return FeedPage(given.limit, None, skip, number)


def fill(
    viewer: Caller,
    page: FeedPage,
    sources: Source,
    wanted: Callable[[Seen], bool],
    followed_only: bool = False,
) -> tuple[list[PostShape], str | None]:
    """The posts of `page`, and the post id to go on after (None at the feed's end).

    `sources(before, n)` reads up to `n` posts of each list that are older than `before`. The page
    is full unless the feed is at its end.
    """
    shapes: list[PostShape] = []
    waiting: list[Ref] = []
    reach = last = page.after
    skip, at_end = page.skip, False
    for round_ in range(_ROUNDS):
        missing = skip + page.limit - len(shapes)
        if missing <= 0 or (at_end and not waiting):
            break
        # Where much may not be seen, each round looks further.
        size = min(max(missing, 10 * 2**round_ if round_ else 0), _MAX_READ)
        if not waiting:
            part = merge(sources(reach, size + 1))
            waiting, at_end, reach = list(part.refs), part.reach is None, part.reach
        taken, waiting = waiting[:size], waiting[size:]
        last = taken[-1].post_id if taken else reach
        found = read_posts(
            viewer,
            [ref.post_id for ref in taken],
            {ref.post_id: ref.author_id for ref in taken},
            wanted,
            followed_only,
        )
        shapes += found[skip:]
        skip -= min(skip, len(found))
    if len(shapes) > page.limit:
        return shapes[: page.limit], shapes[page.limit - 1]["id"]
    return shapes, None if at_end and not waiting else last
