"""Explore: random order, each post once even if posts come and go, and no followed accounts."""

from typing import Any

import pytest

from feeds import explore_walk
from feeds.discovery_index import sync_explore
from feeds.explore_walk import explore
from feeds.get_explore_feed import app
from posts.models import Post
from shared.access.caller import Caller
from shared.clock import stop_at, timestamp
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
from users.models import User

ROUTE = "GET /feed/explore"

pytestmark = pytest.mark.usefixtures("aws", "noon")


@pytest.fixture
def reader(aws: MemoryAws) -> Caller:
    return a_user()


@pytest.mark.parametrize("number", [0, 1, 7, 45, 300])
@pytest.mark.parametrize("limit", ["7", "100"])
def test_every_post_comes_once(reader: Caller, number: int, limit: str) -> None:
    authors = [a_user() for _ in range(3)]
    posts = [synced_post(authors[each % 3], each) for each in range(number)]
    found = all_of(app, ROUTE, reader, limit=limit)
    assert sorted(found) == sorted(posts)


def test_the_order_is_random_but_a_cursor_keeps_its_order(reader: Caller) -> None:
    author = a_user()
    posts = [synced_post(author, each) for each in range(60)]
    orders = [all_of(app, ROUTE, reader) for _ in range(4)]
    assert len({tuple(order) for order in orders}) == 4
    assert all(sorted(order) == sorted(posts) for order in orders)
    first = page_of(app, ROUTE, reader)
    again = [page_of(app, ROUTE, reader, cursor=first["next_cursor"]) for _ in range(2)]
    assert ids(again[0]) == ids(again[1])


def test_no_repeats_while_posts_come_and_go(reader: Caller) -> None:
    author = a_user()
    posts = [synced_post(author, each) for each in range(150)]
    gone: list[str] = []
    waiting = iter(posts)

    def between_pages() -> None:
        for _ in range(4):
            synced_post(author)
        gone.append(next(waiting))
        Post(gone[-1]).update(actions=[Post.deleted_at.set(timestamp())])

    found = all_of(app, ROUTE, reader, between_pages, limit="10")
    assert len(set(found)) == len(found)
    assert set(posts) - set(gone) <= set(found)


def test_only_public_posts_of_accounts_that_are_not_followed(reader: Caller) -> None:
    other, followed, muted, blocking, private, banned = (a_user() for _ in range(6))
    relate(reader, "follows", followed)
    relate(reader, "mutes", muted)
    relate(reader, "blocked_by", blocking)
    shown = synced_post(other)
    for author in (reader, followed, muted, blocking, private, banned):
        synced_post(author)
    synced_post(other, collaborators=[collaborator(reader)])
    hidden = synced_post(other)
    Post(hidden).update(actions=[Post.visibility.set("followers")])  # before the sync
    User(private.user_id).update(actions=[User.is_private.set(True)])
    User(banned.user_id).update(actions=[User.status.set("banned")])
    page = page_of(app, ROUTE, reader)
    assert (ids(page), kinds(page)) == ([shown], ["discover"])
    assert other.username in page["posts"][0]["reason"]["text"]


def test_pages_are_full_where_most_may_not_be_shown(reader: Caller) -> None:
    followed, other = a_user(), a_user()
    relate(reader, "follows", followed)
    shown = [synced_post(other if each % 10 == 0 else followed, each) for each in range(400)][::10]
    assert sorted(all_of(app, ROUTE, reader, limit="10")) == sorted(shown)


def test_pages_by_number_fit_together(reader: Caller) -> None:
    author = a_user()
    posts = [synced_post(author, each) for each in range(30)]
    pages = [page_of(app, ROUTE, reader, page=str(number), limit="10") for number in (1, 2, 3)]
    assert sorted(each for page in pages for each in ids(page)) == sorted(posts)
    by_offset = page_of(app, ROUTE, reader, page_offset="10", limit="10")
    assert ids(by_offset) == ids(pages[1])


def test_an_expired_post_is_not_shown_even_if_it_is_not_deleted_yet(reader: Caller) -> None:
    author = a_user()
    with stop_at(1_767_614_400.0 - 31 * 24 * 3600):
        synced_post(author)
    shown = synced_post(author)
    assert ids(page_of(app, ROUTE, reader)) == [shown]


def test_a_page_of_a_large_network_reads_little_of_it(aws: MemoryAws) -> None:
    author = a_user()
    post_ids = [a_post(author, each) for each in range(1000)]
    sync_explore(post_ids)
    source = explore(None)
    aws.dynamo.calls.clear()
    part = source(None, 21)
    assert 2 <= aws.dynamo.calls.count("Query") <= 5
    assert 10 <= len(part.candidates) <= 100
    place, found = None, set()
    while True:
        part = source(place, 100)
        assert not found.intersection(each.post_id for each in part.candidates)
        found |= {each.post_id for each in part.candidates}
        place = part.reach
        if place is None:
            break
    assert found == set(post_ids)


def test_cells_are_all_visited_once() -> None:
    for bits in (3, 5, 9):
        for seed in (0, 1, 2**48 - 1, 123_456_789):
            walks = [explore_walk.Walk(seed, bits, 20, step) for step in range(1 << bits)]
            assert {walk.cell for walk in walks} == set(range(1 << bits))


def test_when_everything_is_throttled_explore_asks_no_further(
    reader: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    def refuse(first: int, last: int, limit: int) -> list[dict[str, Any]]:
        nonlocal asked
        asked += 1
        if limit == 100:  # the sample, by which the cells are laid out
            return [{"spot": {"S": f"{first + at * (1 << 12):08x}"}} for at in range(100)]
        raise Throttled

    monkeypatch.setattr(explore_walk, "_query", refuse)
    event = gateway_event(ROUTE, caller=reader)
    assert app(event, LambdaContext())["statusCode"] == 503
    assert asked < 30
