"""Explore, reels and trending on the emulator, with real indexes and conditions.

The tables are shared with other tests, so the feeds of all public posts hold their posts as well.
"""

from typing import Any

import pytest

from feeds import (
    get_explore_feed,
    get_reels_feed,
    get_trending_feed,
    on_post_changed,
    rank_posts,
    trending,
)
from feeds.models import ExplorePost, TrendingPage
from posts.models import Post
from shared.access.caller import Caller
from shared.clock import timestamp
from tests.integration.posts.world import a_post, a_user, call, consume, event
from tests.support.gateway import LambdaContext

pytestmark = pytest.mark.usefixtures("foundation")


def liked(post_id: str) -> dict[str, Any]:
    data = {"author_id": "author", "liker_id": "liker", "liker_username": "somebody"}
    return event("post.liked", "liker", post_id=post_id, **data, liked_at=timestamp())


def deleted(post_id: str) -> dict[str, Any]:
    return event("post.deleted", "author", post_id=post_id, author_id="author")


def restored(post_id: str) -> dict[str, Any]:
    data = {"author_id": "author", "visibility": "public"}
    return event("post.restored", "author", post_id=post_id, **data)


def synced_post(author: Caller, **given: Any) -> str:
    post_id = a_post(author, **given)
    consume(on_post_changed.app, restored(post_id))
    return post_id


def everything(app: Any, route: str, reader: Caller, **query: str) -> list[str]:
    found: list[str] = []
    while True:
        status, page = call(app, route, reader, query={"limit": "10", **query})
        assert status == 200, page
        found += [post["id"] for post in page["posts"]]
        if page["next_cursor"] is None:
            assert len(set(found)) == len(found), "no post comes twice"
            return found
        assert len(page["posts"]) == 10
        query["cursor"] = page["next_cursor"]


def test_explore_shows_each_post_of_others_once() -> None:
    author, reader = a_user(), a_user()
    posts = {synced_post(author) for _ in range(25)}
    hidden = synced_post(author)
    Post(hidden).update(actions=[Post.deleted_at.set(timestamp())])
    consume(on_post_changed.app, deleted(hidden))
    found = everything(get_explore_feed.app, "GET /feed/explore", reader)
    assert posts <= set(found)
    assert hidden not in found
    assert not posts.intersection(everything(get_explore_feed.app, "GET /feed/explore", author))


def test_all_reels_newest_first() -> None:
    author, reader = a_user(), a_user()
    reels = [synced_post(author, is_reel=True, reel_author_id=author.user_id) for _ in range(12)]
    post = synced_post(author)
    found = everything(get_reels_feed.app, "GET /feed/reels", reader, scope="all")
    assert [each for each in found if each in reels] == reels[::-1]
    assert post not in found


def test_posts_with_many_likes_trend() -> None:
    author, reader = a_user(), a_user()
    quiet, loud = synced_post(author), synced_post(author)
    Post(loud).update(actions=[Post.like_count.set(100_000)])
    consume(on_post_changed.app, *[liked(loud)] * 3)
    assert ExplorePost.get(loud).points == "0000100000"
    rank_posts.app({}, LambdaContext())
    _, page = call(get_trending_feed.app, "GET /feed/trending", reader, query={"limit": "1"})
    assert [post["id"] for post in page["posts"]] == [loud]
    in_order = everything(get_trending_feed.app, "GET /feed/trending", reader)
    assert in_order.index(loud) < in_order.index(quiet)
    newest = TrendingPage.get("latest", "-").latest
    trending._make_latest("0" * 26)  # an older run that ends later
    assert TrendingPage.get("latest", "-").latest == newest
