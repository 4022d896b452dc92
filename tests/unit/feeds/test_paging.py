"""Pages of a feed: full until the end, with offsets, hidden posts, and new posts in between."""

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from feeds import paging
from feeds.paging import FeedPage
from feeds.reasons import Reason
from posts import pages
from posts.public import Part, PostCandidate
from shared.access.caller import Caller

VIEWER = Caller("reader", "reader_two", "session", "user", "full")


class World:
    """Posts by number, of which some are hidden."""

    def __init__(self, count: int, hidden: Callable[[int], bool] = lambda number: False) -> None:
        self.posts = [f"{number:05}" for number in range(count)]
        self.hidden = hidden
        self.queries = 0
        self.read = 0

    def source(self, before: str | None, count: int) -> Part:
        self.queries += 1
        older = [each for each in reversed(self.posts) if before is None or each < before]
        page = older[:count]
        reach = page[-1] if len(older) > count else None
        return Part([PostCandidate(each, "author") for each in page], reach)

    def get_visible_posts(
        self, viewer: Caller, ids: Sequence[str], authors: Mapping[str, str], **_: Any
    ) -> list[Any]:
        assert len(ids) <= 100
        assert set(ids) <= set(authors)
        self.read += 1
        shown = [each for each in ids if not self.hidden(int(each))]
        fields = {"media": [], "mentions": [], "collaborators": [], "caption": ""}
        return [SimpleNamespace(post=SimpleNamespace(post_id=each, **fields)) for each in shown]

    @property
    def visible(self) -> list[str]:
        return [each for each in reversed(self.posts) if not self.hidden(int(each))]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Callable[..., World]:
    def make(*given: Any) -> World:
        made = World(*given)
        monkeypatch.setattr(pages, "get_visible_posts", made.get_visible_posts)
        monkeypatch.setattr(paging, "shapes_of", shapes_of)
        return made

    return make


def shapes_of(viewer: Caller, visible: Sequence[Any]) -> list[Any]:
    return [{"id": each.post.post_id} for each in visible]


def ids(found: Sequence[Any]) -> list[str]:
    assert all(reason == {"kind": "own", "text": shape["id"]} for shape, reason in found)
    return [shape["id"] for shape, _ in found]


def fill(page: FeedPage, source: paging.Source) -> tuple[Sequence[Any], Any]:
    filled = paging.fill(VIEWER, page, source, lambda visible: True, reason)
    assert not filled.is_partial
    return filled.posts, filled.last


def reason(visible: Any) -> Reason:
    return {"kind": "own", "text": visible.post.post_id}


def page(limit: int, after: str | None = None, skip: int = 0) -> FeedPage:
    return FeedPage(limit, after, skip, 1)


def test_a_page_takes_one_query_and_one_batch(world: Callable[..., World]) -> None:
    given = world(50)
    shapes, last = fill(page(20), given.source)
    assert (ids(shapes), last) == (given.visible[:20], given.visible[19])
    assert (given.queries, given.read) == (1, 1)


@pytest.mark.parametrize("hidden", [lambda n: False, lambda n: n % 3 == 0, lambda n: n % 50 > 2])
@pytest.mark.parametrize("limit", [1, 7, 20, 100])
def test_every_page_is_full_until_the_end(
    world: Callable[..., World], hidden: Callable[[int], bool], limit: int
) -> None:
    given = world(250, hidden)
    found: list[str] = []
    after: str | None = None
    while True:
        shapes, after = fill(page(limit, after), given.source)
        found += ids(shapes)
        if after is None:
            break
        assert len(shapes) == limit
    assert found == given.visible


def test_the_last_page_says_that_it_is_the_last(world: Callable[..., World]) -> None:
    assert fill(page(20), world(20).source)[1] is None
    assert fill(page(20), world(0).source) == ([], None)


@pytest.mark.parametrize("skip", [0, 1, 20, 99, 250, 1000])
def test_an_offset_skips_visible_posts(world: Callable[..., World], skip: int) -> None:
    given = world(1200, lambda number: number % 4 == 1)
    shapes, _ = fill(page(20, skip=skip), given.source)
    assert ids(shapes) == given.visible[skip : skip + 20]


def test_no_repeats_and_no_gaps_while_new_posts_arrive(world: Callable[..., World]) -> None:
    given = world(100, lambda number: number % 7 == 0)
    at_first = given.visible
    found: list[str] = []
    after: str | None = None
    while True:
        shapes, after = fill(page(9, after), given.source)
        found += ids(shapes)
        given.posts += [f"{len(given.posts) + extra:05}" for extra in range(5)]
        if after is None:
            break
    assert found == at_first


def test_a_feed_without_visible_posts_ends(world: Callable[..., World]) -> None:
    given = world(10_000, lambda number: True)
    shapes, after = fill(page(20), given.source)
    assert shapes == []
    assert after is not None  # it used all its rounds, and continues at its cursor
    for _ in range(60):
        shapes, after = fill(page(20, after), given.source)
        if after is None:
            break
    assert after is None
