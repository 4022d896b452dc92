"""First pages of an author's posts: kept for five seconds, but for the author, and only as ids."""

import json
from typing import Any

import pytest

from posts import list_user_posts, list_user_reels
from posts.models import Post
from shared import clock
from shared.access.caller import Caller
from shared.clock import timestamp
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_post

POSTS, REELS, SOCIALHUB = (
    (list_user_posts.app, "GET /users/{user}/posts"),
    (list_user_reels.app, "GET /users/{user}/reels"),
    (list_user_posts.app, "GET /posts/user/{user}"),
)


def ids_of(reader: Caller, author: Caller, listing: Any = POSTS, **query: str) -> list[str]:
    app, route = listing
    event = gateway_event(
        route, caller=reader, path={"user": author.user_id}, query={"limit": "5", **query}
    )
    answer = app(event, LambdaContext())
    assert answer["statusCode"] == 200, answer["body"]
    return [post["id"] for post in json.loads(answer["body"])["posts"]]


@pytest.mark.parametrize("listing", [POSTS, REELS, SOCIALHUB])
def test_others_find_a_new_post_within_five_seconds_and_its_author_at_once(
    aws: MemoryAws, noon: float, listing: Any
) -> None:
    reader, other, author = a_user(), a_user(), a_user()
    reel = {"is_reel": True, "reel_author_id": author.user_id} if listing is REELS else {}
    first = a_post(author, **reel)
    assert ids_of(author, author, listing) == ids_of(reader, author, listing) == [first]
    second = a_post(author, **reel)
    assert ids_of(author, author, listing) == [second, first]
    assert ids_of(other, author, listing) == [first]
    with clock.stop_at(noon + 5):
        assert ids_of(other, author, listing) == [second, first]


def test_a_kept_page_shows_no_post_that_is_hidden_since(aws: MemoryAws, noon: float) -> None:
    reader, author = a_user(), a_user()
    deleted, hidden, kept = (a_post(author) for _ in range(3))
    assert len(ids_of(reader, author)) == 3
    Post(deleted).update(actions=[Post.deleted_at.set(timestamp())])
    Post(hidden).update(actions=[Post.visibility.set("private")])
    assert ids_of(reader, author) == [kept]


def test_lists_of_one_author_are_kept_apart(aws: MemoryAws, noon: float) -> None:
    reader, author, stranger = a_user(), a_user(), a_user()
    post = a_post(author)
    reel = a_post(author, is_reel=True, reel_author_id=author.user_id)
    assert ids_of(reader, author, POSTS) == [post]
    assert ids_of(reader, author, SOCIALHUB) == [reel, post]
    assert ids_of(reader, author, REELS) == [reel]
    assert ids_of(reader, stranger) == []
    assert ids_of(reader, author, SOCIALHUB, limit="1") == [reel]
