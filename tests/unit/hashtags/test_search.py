"""Search for tags by prefix: the most used first, each page at a bounded cost."""

import json
from typing import Any

import pytest

from hashtags import earlier_search, search_index
from hashtags.models import Hashtag, TagSearch
from hashtags.search_hashtags import app
from hashtags.search_index import tag_rank
from shared.access.caller import Caller
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.unit.hashtags.conftest import World

MOMENT = "2026-01-02T03:04:05.678Z"


def used(aws: MemoryAws, **tags: int) -> None:
    """Store tags with these counts of public posts, and index them."""
    for tag, count in tags.items():
        Hashtag(tag, post_count=count, created_at=MOMENT).save()
        search_index.refresh(tag)


def ask(caller: Caller | None = None, **query: str) -> tuple[int, dict[str, Any]]:
    event = gateway_event("GET /search/hashtags", query=query, caller=caller or a_user())
    answer = app(event, LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def found(q: str) -> list[str]:
    status, body = ask(q=q, limit="100")
    assert status == 200, body
    return [each["tag"] for each in body["hashtags"]]


@pytest.mark.parametrize(
    ("count", "rank"), [(-1, None), (0, None), (1, 1), (3, 2), (4, 3), (2**19, 20), (2**30, 20)]
)
def test_ranks(count: int, rank: int | None) -> None:
    assert tag_rank(Hashtag("snow", post_count=count, created_at=MOMENT)) == rank


def test_a_tag_is_found_by_each_of_its_prefixes(world: World) -> None:
    world.post("#Snowflake")
    for q in ("s", "sn", "sno", "snow", "#SNOW", "snowflake", " #snowflake "):
        assert found(q) == ["snowflake"], q
    for q in ("snowflakes", "now", "S n", "!", "#"):
        assert found(q) == [], q


def test_tags_in_any_letters_are_found(world: World) -> None:
    world.post("#हिन्दी #Łódź #日本 #ÉTÉ")
    assert [found(q) for q in ("हि", "łó", "日", "e\N{COMBINING ACUTE ACCENT}t")] == [
        ["हिन्दी"],
        ["łódź"],
        ["日本"],
        ["été"],
    ]


def test_the_most_used_come_first(aws: MemoryAws) -> None:
    used(aws, snow=5, snowy=5_000, snowman=60, snowball=2, snowing=61, show=9_999)
    order = ["snowy", "snowing", "snowman", "snowball"]
    assert found("snow") == ["snow", *order], "that very tag first"
    assert found("s") == ["show", *order[:3], "snow", "snowball"]


@pytest.mark.parametrize("q", ["snow", "snowfla", "snowflakes"])
def test_the_popular_and_the_named_are_found_in_any_crowd(q: str, aws: MemoryAws) -> None:
    items = aws.dynamo.tables["hoshi-tag-search"].items
    for number in range(500):
        tag = f"snowflakes{number:03}"
        for entry in search_index._entries(TagSearch(f"#{tag}", "record", rank=1)):
            items[entry.prefix, entry.place] = entry.serialize()
    used(aws, **{q: 1, "snowflakes_z": 4, "snowflakes_y": 8})
    assert found(q)[:3] == [q, "snowflakes_y", "snowflakes_z"]


@pytest.mark.parametrize("q", ["s", "sno", "snow"])
def test_tags_of_the_version_before_are_found(q: str, aws: MemoryAws) -> None:
    for tag, tier in (("snow", "9"), ("snowy", "7")):
        Hashtag(tag, post_count=10 if tier == "7" else 1, created_at=MOMENT).save()
        record = TagSearch(f"#{tag}", "record", tier=tier)
        record.save()
        for entry in earlier_search.entries(record):
            entry.save()
    used(aws, snowing=5)
    expected = ["snowy", "snowing", "snow"]
    assert sorted(found(q)) == sorted(expected)
    assert [each for each in found(q) if each != q] == [each for each in expected if each != q]
    for tag in ("snow", "snowy"):
        search_index.refresh(tag)
    assert [each for each in found(q) if each != q] == [each for each in expected if each != q]
    assert {place for _, place in places(aws) if place[0].isdigit()} == set()


def test_a_tag_that_no_public_post_has_is_not_found(world: World) -> None:
    post = world.post("#snow")
    assert found("snow") == ["snow"]
    world.edit(post, visibility="followers")
    assert found("snow") == []


def test_pages_follow_each_other_without_repeats(aws: MemoryAws) -> None:
    used(aws, **{f"snow{number}": number * number for number in range(1, 31)})
    caller, tags, query = a_user(), [], {"q": "snow", "limit": "7"}
    while True:
        status, body = ask(caller, **query)
        assert status == 200
        tags += [each["tag"] for each in body["hashtags"]]
        if body["next_cursor"] is None:
            break
        query["cursor"] = body["next_cursor"]
    assert tags == [f"snow{number}" for number in range(30, 0, -1)]


def test_the_shape_of_a_tag(aws: MemoryAws) -> None:
    used(aws, snow=12)
    assert ask(q="snow")[1] == {
        "hashtags": [{"tag": "snow", "name": "snow", "post_count": 12, "created_at": MOMENT}],
        "next_cursor": None,
    }


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "x" * 101}, {"q": "a", "limit": "0"}])
def test_bounds(query: dict[str, str], aws: MemoryAws) -> None:
    status, body = ask(**query)
    assert (status, body["code"]) == (400, "invalid_input")


def places(aws: MemoryAws) -> set[tuple[str, str]]:
    entries = map(TagSearch.from_raw_data, aws.dynamo.items("hoshi-tag-search"))
    return {(each.prefix, each.place) for each in entries}


def test_entries_change_only_with_the_rank(aws: MemoryAws) -> None:
    used(aws, snow=2)
    assert places(aws) == {
        ("#", "r20#snow"),
        ("s", "r20#snow"),
        ("sn", "r20#snow"),
        ("sno", "r18#snow"),
        ("snow", "r18#snow"),
        ("#snow", "record"),
    }
    aws.calls.clear()
    used(aws, snow=3)
    assert "dynamodb.TransactWriteItems" not in aws.calls
    used(aws, snow=8)
    assert {("#", "r16#snow"), ("sno", "r16#snow")} < places(aws)
    assert len(places(aws)) == 6
    used(aws, snow=0)
    assert places(aws) == set()


def test_a_short_tag_has_each_entry_once(aws: MemoryAws) -> None:
    used(aws, a=1)
    assert found("a") == ["a"]


def test_only_few_of_many_tags_are_read(aws: MemoryAws) -> None:
    used(aws, **{f"snow{number}": 1 for number in range(8)}, snowy=5_000, snowing=4_000)
    aws.calls.clear()
    body = ask(q="s", limit="1")[1]
    assert [each["tag"] for each in body["hashtags"]] == ["snowy"]
    assert aws.calls.count("dynamodb.Query") == 2
    assert aws.calls.count("dynamodb.BatchGetItem") == 1
