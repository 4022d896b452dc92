"""Reels: of followed accounts, or all public ones, newest first."""

import json
from typing import Any

import pytest

from feeds import public_reels
from feeds.discovery_index import sync_reels, year_of
from feeds.get_home_feed import app as home
from feeds.get_reels_feed import app
from feeds.timelines import add_post
from posts.models import Post
from shared.access.caller import Caller
from shared.clock import now, stop_at
from shared.transient import Throttled
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.unit.feeds.world import (
    a_post,
    a_user,
    all_of,
    collaborator,
    ids,
    kinds,
    page_of,
    relate,
    synced_post,
)
from users.models import Relationship, User, edge

ROUTE = "GET /feed/reels"
DAY = 24 * 3600

pytestmark = pytest.mark.usefixtures("aws", "noon")


@pytest.fixture
def reader(aws: MemoryAws) -> Caller:
    return a_user()


def fanned_out(author: Caller, reader: Caller, age: float = 0, is_reel: bool = True) -> str:
    post_id = a_post(author, age, is_reel=is_reel)
    add_post(post_id, author.user_id, [reader.user_id], is_reel=is_reel)
    return post_id


def test_only_reels_of_followed_accounts(reader: Caller) -> None:
    followed, left, muted = a_user(), a_user(), a_user()
    relate(reader, "follows", followed)
    relate(reader, "follows", muted)
    relate(reader, "mutes", muted)
    shown = [fanned_out(followed, reader, age) for age in range(30)]
    fanned_out(followed, reader, is_reel=False)
    fanned_out(left, reader)
    fanned_out(muted, reader)
    a_post(reader, is_reel=True)
    synced_post(left, is_reel=True)
    assert all_of(app, ROUTE, reader, limit="7") == shown
    page = page_of(app, ROUTE, reader, limit="2", page_offset="3")
    assert ids(page) == shown[3:5]
    assert page["posts"][0]["reason"] == {
        "kind": "follow",
        "text": f"Because you follow {followed.username}",
    }


def test_reels_of_celebrities_are_pulled(reader: Caller) -> None:
    star = a_user(is_pulled=True)
    relate(reader, "follows", star)
    Relationship(reader.user_id, edge("follows", star.user_id)).update(
        actions=[Relationship.celebrity_id.set(star.user_id)]
    )
    reel = a_post(star, is_reel=True)
    post = a_post(star)
    assert ids(page_of(app, ROUTE, reader)) == [reel]
    assert set(ids(page_of(home, "GET /feed/home", reader))) == {reel, post}


def test_a_reel_that_the_reader_collaborates_on(reader: Caller) -> None:
    author = a_user()
    reel = a_post(author, is_reel=True, collaborators=[collaborator(reader)])
    pending = a_post(author, is_reel=True, collaborators=[collaborator(reader, "pending")])
    for each in (reel, pending):
        add_post(each, author.user_id, [reader.user_id], is_reel=True)
    page = page_of(app, ROUTE, reader)
    assert (ids(page), kinds(page)) == ([reel], ["collaboration"])


def test_all_public_reels_of_any_age(reader: Caller) -> None:
    followed, other, private, muted = (a_user() for _ in range(4))
    relate(reader, "follows", followed)
    relate(reader, "mutes", muted)
    # Across the turn of a year, at which the table is partitioned.
    ages = [each * DAY for each in (0, 1, 4, 5, 6, 7, 30, 200, 300, 360)]
    authors = [other, followed, reader]
    shown = [synced_post(authors[number % 3], age, is_reel=True) for number, age in enumerate(ages)]
    synced_post(other)
    synced_post(muted, is_reel=True)
    synced_post(private, is_reel=True)
    User(private.user_id).update(actions=[User.is_private.set(True)])
    for limit in ("1", "3", "100"):
        assert all_of(app, ROUTE, reader, scope="all", limit=limit) == shown
    reasons = kinds(page_of(app, ROUTE, reader, scope="all", limit="3"))
    assert reasons == ["new_reel", "follow", "own"]


def test_no_repeats_and_no_gaps_while_reels_arrive(reader: Caller) -> None:
    author = a_user()
    shown = [synced_post(author, age, is_reel=True) for age in range(90)]

    def between_pages() -> None:
        with stop_at(1_767_614_400.0 + 60):
            synced_post(author, is_reel=True)

    assert all_of(app, ROUTE, reader, between_pages, scope="all", limit="8") == shown


def test_a_reel_that_is_no_longer_public_is_not_shown(reader: Caller) -> None:
    author = a_user()
    shown, hidden = synced_post(author, is_reel=True), synced_post(author, is_reel=True)
    Post(hidden).update(actions=[Post.visibility.set("followers")])
    relate(reader, "follows", author)
    assert ids(page_of(app, ROUTE, reader, scope="all")) == [shown]


@pytest.mark.parametrize(
    "query", [{"scope": "friends"}, {"page_offset": "1001"}, {"page": "0"}, {"limit": "0"}]
)
def test_values_out_of_bounds_are_refused(reader: Caller, query: dict[str, str]) -> None:
    answer = app(gateway_event(ROUTE, caller=reader, query=query), LambdaContext())
    assert json.loads(answer["body"])["code"] == "invalid_input"


def test_a_cursor_belongs_to_its_scope(reader: Caller) -> None:
    author = a_user()
    for age in range(3):
        synced_post(author, age, is_reel=True)
    cursor = page_of(app, ROUTE, reader, scope="all", limit="1")["next_cursor"]
    answer = app(gateway_event(ROUTE, caller=reader, query={"cursor": cursor}), LambdaContext())
    assert json.loads(answer["body"])["code"] == "invalid_cursor"


def test_last_years_reels_do_not_stand_for_those_that_are_throttled(
    reader: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = a_user()
    sync_reels([a_post(author, age, is_reel=True) for age in (10, 200 * DAY)])
    read, this_year = public_reels.query, str(year_of(now()))

    def refuse(model: Any, bucket: str, *more: Any, **given: Any) -> Any:
        if bucket.startswith(this_year):
            raise Throttled
        return read(model, bucket, *more, **given)

    event = gateway_event(ROUTE, caller=reader, query={"scope": "all"})
    assert len(json.loads(app(event, LambdaContext())["body"])["posts"]) == 2
    monkeypatch.setattr(public_reels, "query", refuse)
    assert app(event, LambdaContext())["statusCode"] == 503
