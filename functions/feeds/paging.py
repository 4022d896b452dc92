"""Pages of a feed: filled from a list of candidates, without the posts that are not visible."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from feeds.reasons import Reason
from posts.public import Part, PostShape, Source, VisiblePost, fill_page, shapes_of
from shared.access.caller import Caller
from shared.errors import DependencyUnavailable, InvalidInput
from shared.http.paging import Page, read_count, read_page
from shared.http.requests import Request

_MAX_OFFSET = 1000  # posts that a page may skip


@dataclass(frozen=True, slots=True)
class FeedPage:
    """The page that a request asks for: `limit` posts after `after`, with `skip` posts skipped."""

    limit: int
    after: Any
    skip: int
    number: int  # of the page, as SocialHub counts them
    is_numbered: bool = False  # whether the request names a page number or an offset


class Filled(NamedTuple):
    """What a page shows, and the place to continue after (None at the feed's end). It `is_partial`
    if a list was left out that DynamoDB throttles."""

    posts: Sequence[tuple[PostShape, Reason]]
    last: Any
    is_partial: bool


def read_feed_page(request: Request[Any, Any]) -> FeedPage:
    """The page that a request asks for: a cursor wins over `page_offset`, and that over `page`."""
    given: Page = read_page(request)
    offset = read_count(request.parameters, "page_offset", 0, minimum=0)
    number = read_count(request.parameters, "page", 1)
    if given.after is not None:
        return FeedPage(given.limit, given.after, 0, number)
    if offset > _MAX_OFFSET:
        raise InvalidInput(("page_offset", f"At most {_MAX_OFFSET}."))
    if "page_offset" in request.parameters:
        return FeedPage(given.limit, None, offset, offset // given.limit + 1, True)
    skip = (number - 1) * given.limit
    if skip > _MAX_OFFSET:
        raise InvalidInput(("page", f"At most {_MAX_OFFSET} posts can be skipped; use the cursor."))
    return FeedPage(given.limit, None, skip, number, "page" in request.parameters)


def fill(
    viewer: Caller,
    page: FeedPage,
    source: Source,
    wanted: Callable[[VisiblePost], bool],
    reason: Callable[[VisiblePost], Reason],
    *,
    followed_only: bool = False,
) -> Filled:
    """The visible, `wanted` posts of `page`, each with the reason why it is there, and the place to
    continue after. The page is full unless the feed ends. Raises `DependencyUnavailable` if there
    is nothing to show because of what DynamoDB throttles."""
    is_partial = False

    def watched(place: Any, count: int) -> Part:
        nonlocal is_partial
        part = source(place, count)
        is_partial = is_partial or part.is_partial
        return part

    visible, last = fill_page(
        viewer,
        watched,
        page.limit,
        page.after,
        skip=page.skip,
        wanted=wanted,
        followed_only=followed_only,
    )
    if is_partial and not visible:
        raise DependencyUnavailable(retry_after="5")
    posts = zip(shapes_of(viewer, visible), map(reason, visible), strict=True)
    return Filled(list(posts), last, is_partial)
