"""Search for tags by prefix: the most used first, each page at a bounded cost."""

import json
from typing import Any

import pytest

from hashtags import search_index
from hashtags.models import Hashtag, TagSearch
from hashtags.search_hashtags import app
from hashtags.search_index import tier_of
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
    ("count", "tier"),
    [(-1, None), (0, None), (1, "9"), (3, "8"), (29, "7"), (999_999, "1"), (1_000_000, "0")],
)
def test_tiers(count: int, tier: str | None) -> None:
    assert tier_of(Hashtag("snow", post_count=count, created_at=MOMENT)) == tier


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
    order = ["snowy", "snowing", "snowman", "snow", "snowball"]
    assert found("snow") == order
    assert found("s") == ["show", *order]


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


def test_entries_change_only_with_the_tier(aws: MemoryAws) -> None:
    used(aws, snow=1)
    assert places(aws) == {
        ("#", "9#snow"),
        ("s", "9#snow"),
        ("sn", "9#snow"),
        ("sno", "9#snow"),
        ("#snow", "record"),
    }
    aws.calls.clear()
    used(aws, snow=2)
    assert "dynamodb.TransactWriteItems" not in aws.calls
    used(aws, snow=3)
    assert ("sno", "8#snow") in places(aws)
    assert ("sno", "9#snow") not in places(aws)
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
    assert aws.calls.count("dynamodb.Query") == 1
    assert aws.calls.count("dynamodb.BatchGetItem") == 1
