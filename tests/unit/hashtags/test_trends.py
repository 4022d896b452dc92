"""Trends: recent uses of a tag count most, older ones less and less, deleted posts not at all."""

import json
from typing import Any

import pytest

from hashtags import windows
from hashtags.list_trending import app as route
from hashtags.models import Hashtag, Ranking, TagWindow
from hashtags.rank_tags import app as rank
from shared.access.caller import Caller
from shared.clock import stop_at, timestamp
from tests.support.accounts import a_user
from tests.support.events import load_event
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.unit.conftest import NOON
from tests.unit.hashtags.conftest import World

DAY = 24 * 3600


@pytest.fixture
def reader(aws: MemoryAws) -> Caller:
    return a_user()


def page(reader: Caller, **query: str) -> dict[str, Any]:
    answer = route(
        gateway_event("GET /hashtags/trending", query=query or None, caller=reader),
        LambdaContext(),
    )
    assert answer["statusCode"] == 200, answer["body"]
    body: dict[str, Any] = json.loads(answer["body"])
    return body


def trending(reader: Caller) -> list[str]:
    """The tags of all pages."""
    tags, query = [], {"limit": "2"}
    while True:
        body = page(reader, **query)
        tags += [each["tag"] for each in body["hashtags"]]
        if body["next_cursor"] is None:
            return tags
        query["cursor"] = body["next_cursor"]


def ranked() -> list[str]:
    """The ranking that the scheduled function makes."""
    rank(load_event("hashtags", "rank_tags"), None)
    tags: list[str] = Ranking.get("trending").tags
    return tags


def posted(world: World, tag: str, *days_ago: float) -> list[str]:
    """Posts that were created so many days ago."""
    made = []
    for days in days_ago:
        with stop_at(NOON - days * DAY):
            made.append(world.post(f"#{tag}"))
    return made


def test_recent_posts_count_more_than_many_old_ones(world: World) -> None:
    posted(world, "old", *[6.5] * 9)
    posted(world, "fresh", 0, 0.1)
    posted(world, "fading", 1, 1, 1)
    assert ranked() == ["fresh", "fading", "old"]


def test_posts_older_than_seven_days_do_not_trend(world: World) -> None:
    posted(world, "ancient", *[8] * 9)
    posted(world, "fresh", 0)
    assert ranked() == ["fresh"]


def test_a_tag_trends_less_as_time_passes(world: World) -> None:
    posted(world, "mayfly", 0, 0, 0)
    posted(world, "steady", 0)
    assert ranked() == ["mayfly", "steady"]
    with stop_at(NOON + 3 * DAY):
        world.post("#steady")
        assert ranked() == ["steady", "mayfly"]
    with stop_at(NOON + 8 * DAY):
        assert ranked() == ["steady"]


def test_deleted_and_hidden_posts_do_not_trend(world: World) -> None:
    [post] = posted(world, "oops", 1)
    posted(world, "fine", 1)
    assert ranked() == ["fine", "oops"]
    world.edit(post, "post.deleted", deleted_at=timestamp())
    assert ranked() == ["fine"]
    world.edit(post, "post.restored", deleted_at=None)
    assert ranked() == ["fine", "oops"]
    world.edit(post, visibility="private")
    assert ranked() == ["fine"]


def test_deleting_an_old_post_creates_no_window(world: World, aws: MemoryAws) -> None:
    [post] = posted(world, "old", 6)
    for item in map(TagWindow.from_raw_data, aws.dynamo.items("hoshi-tag-windows")):
        assert item.expires_at == windows.expiry_of(windows.number_of(post))
        item.delete()  # as its time to live does
    with stop_at(NOON + 9 * DAY):
        world.edit(post, "post.deleted", deleted_at=timestamp())
    assert world.count("old") == 0
    assert aws.dynamo.items("hoshi-tag-windows") == []


def test_trending_tags_come_first_then_the_most_used(world: World, reader: Caller) -> None:
    posted(world, "classic", *[30] * 5)
    posted(world, "evergreen", *[30] * 7)
    posted(world, "fresh", 0)
    posted(world, "fading", 2)
    ranked()
    assert trending(reader) == ["fresh", "fading", "evergreen", "classic"]


def test_the_most_used_tags_are_shown_before_the_first_ranking(
    world: World, reader: Caller
) -> None:
    assert page(reader) == {"hashtags": [], "next_cursor": None}
    posted(world, "one", 0)
    posted(world, "two", 0, 0)
    assert trending(reader) == ["two", "one"]


def test_a_tag_that_lost_its_posts_is_left_out_at_once(world: World, reader: Caller) -> None:
    [post] = posted(world, "oops", 0)
    posted(world, "fine", 0)
    ranked()
    world.edit(post, "post.deleted", deleted_at=timestamp())
    assert trending(reader) == ["fine"]


def test_tags_carry_their_all_time_counts(world: World, reader: Caller) -> None:
    posted(world, "classic", 30, 30, 0)
    ranked()
    [tag] = page(reader)["hashtags"]
    assert (tag["tag"], tag["name"], tag["post_count"]) == ("classic", "classic", 3)


def test_a_page_has_at_most_fifty(aws: MemoryAws, reader: Caller) -> None:
    tags = [f"tag{number}" for number in range(60)]
    for tag in tags:
        Hashtag(tag, post_count=1, created_at=timestamp()).save()
    Ranking("trending", tags=tags, made_at=timestamp()).save()
    assert len(page(reader)["hashtags"]) == 20
    assert len(page(reader, limit="100")["hashtags"]) == 50


@pytest.mark.parametrize("moment", [NOON, NOON + 1, NOON + 6 * 3600 - 1])
def test_windows_end_where_the_next_begins(moment: float) -> None:
    number = windows.number_at(moment)
    assert windows.end_of(number - 1) <= moment < windows.end_of(number)
    assert windows.counts_at(number, moment + windows.LIFE)
    assert not windows.counts_at(number, windows.end_of(number) + windows.LIFE)
    assert windows.window_of(number, "snow") in windows.parts_of(number)
