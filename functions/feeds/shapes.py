"""The shapes of all feeds, in both dialects: posts, each with the reason why it is there."""

from collections.abc import Sequence
from typing import Any, TypedDict

from feeds.paging import FeedPage
from feeds.reasons import Reason
from posts.public import PostShape, SocialHubPost, socialhub_post
from shared.http.paging import next_cursor
from shared.http.requests import Request


class FeedPost(PostShape):
    """The shape Post, with the reason why it is there."""

    reason: Reason


class Feed(TypedDict):
    """A page of a feed."""

    posts: list[FeedPost]
    next_cursor: str | None


class SocialHubFeedPost(SocialHubPost):
    """The shape S.Post, with the reason why it is there."""

    reason: Reason


class SocialHubFeed(TypedDict):
    """A page of a feed in SocialHub's dialect."""

    posts: list[SocialHubFeedPost]
    page: int
    limit: int
    hasMore: bool
    next_cursor: str | None


type Filled = tuple[Sequence[tuple[PostShape, Reason]], Any]


def feed_answer(request: Request[Any, Any], filled: Filled) -> Feed:
    """The answer with a page that `paging.fill` has filled."""
    posts, last = filled
    return {
        "posts": [{**shape, "reason": reason} for shape, reason in posts],
        "next_cursor": next_cursor(request, last),
    }


def socialhub_feed_answer(
    request: Request[Any, Any], page: FeedPage, filled: Filled
) -> SocialHubFeed:
    """The same answer in SocialHub's dialect."""
    posts, last = filled
    return {
        "posts": [{**socialhub_post(shape), "reason": reason} for shape, reason in posts],
        "page": page.number,
        "limit": page.limit,
        "hasMore": last is not None,
        "next_cursor": next_cursor(request, last),
    }
