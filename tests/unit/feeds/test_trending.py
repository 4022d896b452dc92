"""Trending: new posts with much engagement, in a ranking that stays the same for its readers."""

import json

import pytest

from feeds import trending
from feeds.get_trending_feed import app
from feeds.rank_posts import app as rank_posts
from feeds.trending import score
from posts.models import Post
from shared import hot_reads
from shared.access.caller import Caller
from shared.clock import now, stop_at, timestamp
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.feeds.world import a_user, all_of, ids, kinds, page_of, relate, synced_post
from users.models import User

ROUTE = "GET /feed/trending"
HOUR, DAY = 3600, 24 * 3600

pytestmark = pytest.mark.usefixtures("aws", "noon")


@pytest.fixture
def reader(aws: MemoryAws) -> Caller:
    return a_user()


@pytest.fixture
def few_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rankings of three hours, which are faster in memory than those of seven days."""
    monkeypatch.setattr(trending, "RANKED", 3 * HOUR)


def rank() -> int:
    return rank_posts({}, LambdaContext())["posts"]


def test_shares_weigh_more_than_comments_than_likes(reader: Caller) -> None:
    author = a_user()
    liked, discussed, shared, ignored = (
        synced_post(author, HOUR, **counts)
        for counts in ({"like_count": 10}, {"comment_count": 6}, {"share_count": 5}, {})
    )
    assert rank() == 4
    page = page_of(app, ROUTE, reader)
    assert ids(page) == [shared, discussed, liked, ignored]
    assert kinds(page) == ["trending"] * 4


def test_older_posts_rank_lower_and_leave_after_seven_days(reader: Caller) -> None:
    author = a_user()
    yesterday = synced_post(author, DAY, like_count=40)
    fresh = synced_post(author, HOUR, like_count=30)
    synced_post(author, 7 * DAY + 1, like_count=100)
    last = synced_post(author, 7 * DAY - 60, like_count=1)
    rank()
    assert ids(page_of(app, ROUTE, reader)) == [fresh, yesterday, last]
    with stop_at(now() + DAY):
        fresher = synced_post(author, 0, like_count=3)
        rank()
        assert ids(page_of(app, ROUTE, reader)) == [fresher, fresh, yesterday]


def test_the_weight_of_a_point() -> None:
    assert score(2, 1.175 * HOUR) == pytest.approx(score(1, 0), rel=0.01)
    assert score(10, 7.28 * HOUR) == pytest.approx(score(1, 0), rel=0.01)


@pytest.mark.usefixtures("few_hours")
def test_a_reader_stays_in_the_ranking_that_they_began_with(reader: Caller) -> None:
    author = a_user()
    posts = [synced_post(author, each, like_count=300 - each) for each in range(250)]
    rank()
    numbers = iter(range(1000, 2000))

    def between_pages() -> None:
        synced_post(author, like_count=next(numbers))
        Post(posts[-1]).update(actions=[Post.like_count.set(5000)])
        trending.rank()

    in_order = latest_ranking()
    found = all_of(app, ROUTE, reader, between_pages, limit="30")
    assert found == in_order
    assert sorted(found) == sorted(posts)
    hot_reads.forget()
    assert ids(page_of(app, ROUTE, reader, limit="1")) != found[:1]


def latest_ranking() -> list[str]:
    latest = trending.TrendingPage.get("latest", "-").latest
    pages = trending.TrendingPage.query(latest)
    return [post_id for page in pages for post_id, _ in page.posts]


@pytest.mark.parametrize("number", [99, 100, 101, 200])
@pytest.mark.usefixtures("few_hours")
def test_pages_of_any_length_end(reader: Caller, number: int) -> None:
    author = a_user()
    posts = [synced_post(author, each, like_count=1) for each in range(number)]
    rank()
    for limit in ("50", "99", "100"):
        assert sorted(all_of(app, ROUTE, reader, limit=limit)) == sorted(posts)


def test_a_ranking_has_a_maximum_length(reader: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trending, "LENGTH", 100)
    author = a_user()
    best = [synced_post(author, 0, like_count=99 - each // 2) for each in range(100)]
    for _ in range(5):
        synced_post(author, DAY, like_count=1)
    assert rank() == 100
    assert sorted(all_of(app, ROUTE, reader, limit="40")) == sorted(best)


def test_a_ranking_that_has_expired_ends(aws: MemoryAws, reader: Caller) -> None:
    author = a_user()
    for _ in range(3):
        synced_post(author)
    rank()
    cursor = page_of(app, ROUTE, reader, limit="1")["next_cursor"]
    for page in trending.TrendingPage.query(trending.TrendingPage.get("latest", "-").latest):
        page.delete()
    hot_reads.forget()
    page = page_of(app, ROUTE, reader, cursor=cursor)
    assert page == {"posts": [], "next_cursor": None, "partial": False}


def test_before_the_first_ranking(reader: Caller) -> None:
    assert page_of(app, ROUTE, reader) == {"posts": [], "next_cursor": None, "partial": False}


def test_a_run_that_ends_late_does_not_replace_a_newer_ranking(reader: Caller) -> None:
    author = a_user()
    synced_post(author)
    rank()
    newest = trending.TrendingPage.get("latest", "-").latest
    trending._make_latest("0" * 26)
    assert trending.TrendingPage.get("latest", "-").latest == newest


def test_only_posts_that_everybody_may_see(reader: Caller) -> None:
    author, private, banned, muted, blocked = (a_user() for _ in range(5))
    shown = synced_post(author, like_count=1)
    own = synced_post(reader)
    for other in (private, banned, muted, blocked):
        synced_post(other, like_count=50)
    hidden = synced_post(author, like_count=50)
    User(private.user_id).update(actions=[User.is_private.set(True)])
    assert rank() == 6
    # After it was ranked:
    relate(reader, "mutes", muted)
    relate(reader, "blocks", blocked)
    relate(reader, "follows", private)
    User(banned.user_id).update(actions=[User.status.set("banned")])
    Post(hidden).update(actions=[Post.deleted_at.set(timestamp())])
    assert ids(page_of(app, ROUTE, reader)) == [shown, own]


def test_socialhubs_page(reader: Caller) -> None:
    author = a_user()
    posts = [synced_post(author, each, like_count=9 - each) for each in range(3)]
    rank()
    page = page_of(app, "GET /api/feed/trending", reader, page="1", limit="2")
    assert ids(page) == posts[:2]
    assert (page["page"], page["limit"], page["hasMore"]) == (1, 2, True)
    assert {"content", "userId", "likeCount", "reason"} <= set(page["posts"][0])
    rest = page_of(app, "GET /api/feed/trending", reader, page="2", limit="2")
    assert (ids(rest), rest["hasMore"], rest["next_cursor"]) == (posts[2:], False, None)


@pytest.mark.usefixtures("few_hours")
def test_ranking_does_not_read_more_when_there_are_more_posts(
    aws: MemoryAws, reader: Caller
) -> None:
    synced_post(a_user())
    aws.dynamo.calls.clear()
    rank()
    few = len(aws.dynamo.calls)
    author = a_user()
    for each in range(300):
        synced_post(author, each)
    aws.dynamo.calls.clear()
    rank()
    # The pages of the ranking are written in one batch.
    assert len(aws.dynamo.calls) == few


def test_a_bad_cursor_is_refused(reader: Caller) -> None:
    from tests.support.gateway import gateway_event

    event = gateway_event(ROUTE, caller=reader, query={"cursor": "eyJhbGciOiJIUzI1NiJ9"})
    answer = app(event, LambdaContext())
    assert json.loads(answer["body"])["code"] == "invalid_cursor"
