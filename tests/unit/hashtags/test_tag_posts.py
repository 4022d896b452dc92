"""The posts of a tag: full pages, and only posts that the viewer may see."""

import json
from typing import Any

import pytest

from hashtags.list_tag_posts import app
from shared.access.caller import Caller
from shared.clock import timestamp
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.unit.hashtags.conftest import World
from users.models import EdgeKind, Relationship, edge


def ask(reader: Caller, tag: str | None = "snow", **query: str) -> tuple[int, dict[str, Any]]:
    """A request as the gateway sends it; without a tag, to the path that has no parameter."""
    route = "GET /hashtags/{tag}/posts" if tag is not None else "GET /hashtags/trending/posts"
    path = {"tag": tag} if tag is not None else None
    answer = app(gateway_event(route, path=path, query=query, caller=reader), LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def ids(reader: Caller, tag: str | None = "snow", **query: str) -> list[str]:
    """The ids of all pages; every page but the last is full."""
    found: list[str] = []
    while True:
        status, body = ask(reader, tag, **query)
        assert status == 200, body
        found += [post["id"] for post in body["posts"]]
        if body["next_cursor"] is None:
            return found
        assert len(body["posts"]) == int(query.get("limit", "20"))
        query["cursor"] = body["next_cursor"]


def connect(one: Caller, kind: EdgeKind, mirror: EdgeKind, other: Caller) -> None:
    moment = timestamp()
    for user, word, towards in ((one, kind, other), (other, mirror, one)):
        Relationship(
            user.user_id, edge(word, towards.user_id), since=moment, updated_at=moment
        ).save()


def test_the_newest_post_comes_first_with_tag_and_count(world: World) -> None:
    older, newer = world.post("#snow"), world.post("#Snow again")
    status, body = ask(a_user(), "SNOW")
    assert (status, body["tag"], body["post_count"]) == (200, "snow", 2)
    assert [post["id"] for post in body["posts"]] == [newer, older]
    assert body["next_cursor"] is None


@pytest.mark.parametrize("tag", ["nobody_uses_this", "%23nobody_uses_this"])
def test_a_tag_that_nobody_uses_is_empty(tag: str, world: World) -> None:
    assert ask(a_user(), tag) == (
        200,
        {"posts": [], "tag": "nobody_uses_this", "post_count": 0, "next_cursor": None},
    )


@pytest.mark.parametrize("tag", ["été", "%C3%A9t%C3%A9", "#ÉTÉ", "%23e%CC%81te%CC%81"])
def test_a_tag_is_found_however_the_path_spells_it(tag: str, world: World) -> None:
    post = world.post("#été")
    assert ids(a_user(), tag) == [post]


@pytest.mark.parametrize("tag", ["a-b", "x" * 101, "%23", "two%20words"])
def test_a_text_that_cannot_be_a_tag_is_refused(tag: str, world: World) -> None:
    status, body = ask(a_user(), tag)
    assert (status, body["code"], body["details"][0]["field"]) == (400, "invalid_input", "tag")


def test_the_tag_trending_has_posts_as_well(world: World) -> None:
    post = world.post("#trending")
    assert ids(a_user(), None) == [post]
    assert ask(a_user(), None)[1]["tag"] == "trending"


def test_everybody_sees_what_the_rule_lets_them_see(world: World) -> None:
    follower, other, blocked = a_user(), a_user(), a_user()
    connect(follower, "follows", "followed_by", world.author)
    connect(world.author, "blocks", "blocked_by", blocked)
    public = world.post("#snow")
    followers = world.post("#snow", visibility="followers")
    private = world.post("#snow", visibility="private")
    unready = world.post("#snow", status="processing")
    assert ids(world.author) == [private, followers, public]
    assert ids(follower) == [followers, public]
    assert ids(other) == [public]
    assert ids(blocked) == []
    assert unready not in ids(world.author), "a post has tags once it is ready"
    for reader in (world.author, follower, other, blocked):
        assert ask(reader)[1]["post_count"] == 1


def test_posts_of_a_private_account_are_for_its_followers(world: World) -> None:
    hidden = a_user(is_private=True)
    post, follower = world.post("#snow", hidden), a_user()
    connect(follower, "follows", "followed_by", hidden)
    assert (ids(follower), ids(a_user())) == ([post], [])
    assert ask(follower)[1]["post_count"] == 0


@pytest.mark.parametrize("limit", [1, 3, 20])
def test_pages_are_full_though_much_is_hidden(limit: int, world: World) -> None:
    visible = []
    for number in range(13):
        post = world.post("#snow", visibility="public" if number % 4 == 0 else "private")
        visible += [post] if number % 4 == 0 else []
    assert ids(a_user(), limit=str(limit)) == visible[::-1]


def test_a_new_post_repeats_nothing_on_the_next_page(world: World) -> None:
    posts = [world.post("#snow") for _ in range(4)]
    reader = a_user()
    first = ask(reader, limit="2")[1]
    world.post("#snow")
    second = ask(reader, limit="2", cursor=first["next_cursor"])[1]
    shown = [post["id"] for page in (first, second) for post in page["posts"]]
    assert shown == posts[::-1]


def test_a_cursor_belongs_to_its_tag_and_its_reader(world: World) -> None:
    for _ in range(3):
        world.post("#snow #ice")
    reader = a_user()
    cursor = ask(reader, limit="1")[1]["next_cursor"]
    for status, body in (ask(reader, "ice", cursor=cursor), ask(a_user(), cursor=cursor)):
        assert (status, body["code"]) == (400, "invalid_cursor")


def test_a_page_takes_few_calls(world: World) -> None:
    for _ in range(20):
        world.post("#snow")
    reader = a_user()
    world.aws.calls.clear()
    ask(reader)
    assert world.aws.calls.count("dynamodb.Query") == 1
    assert world.aws.calls.count("dynamodb.BatchGetItem") <= 2
