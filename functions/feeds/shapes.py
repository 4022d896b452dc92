"""The shapes of all feeds, in both dialects: posts, each with the reason why it is there."""

from typing import Any, TypedDict

from feeds.paging import FeedPage, Filled
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
    partial: bool


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
    partial: bool


def feed_answer(request: Request[Any, Any], filled: Filled) -> Feed:
    """The answer with a page that `paging.fill` has filled."""
    return {
        "posts": [{**shape, "reason": reason} for shape, reason in filled.posts],
        "next_cursor": next_cursor(request, filled.last),
        "partial": filled.is_partial,
    }


def socialhub_feed_answer(
    request: Request[Any, Any], page: FeedPage, filled: Filled
) -> SocialHubFeed:
    """The same answer in SocialHub's dialect."""
    return {
        "posts": [{**socialhub_post(shape), "reason": reason} for shape, reason in filled.posts],
        "page": page.number,
        "limit": page.limit,
        "hasMore": filled.last is not None,
        "next_cursor": next_cursor(request, filled.last),
        "partial": filled.is_partial,
    }
