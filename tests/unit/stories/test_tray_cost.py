"""What a page of the tray asks of AWS: the same, however many accounts the reader follows."""

import json
from collections import Counter

import pytest

from shared.access.caller import Caller
from shared.aws.clients import client
from shared.clock import stop_at, timestamp
from shared.dynamodb.tables import write_items
from shared.ids import new_id
from stories import fan_out_story, get_story_feed, on_story_created
from stories.trays import add_own_row, add_story, sync_tray, tray_row
from stories.visibility import LIFE
from tests.bench.memory import Call, noted
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.support.posts import connect
from tests.support.stories import a_story, stored
from tests.unit.stories.trays import consume, created, jobs, publish
from users.models import Relationship, edge

PAGE = 20


def follow(reader: Caller, author: Caller, *, is_pulled: bool = False) -> None:
    moment = timestamp()
    Relationship(
        reader.user_id,
        edge("follows", author.user_id),
        since=moment,
        updated_at=moment,
        celebrity_id=author.user_id if is_pulled else None,
    ).save()


def a_reader(follows: int, pulled: int = 0) -> Caller:
    """A reader with a story who has so many rows in the tray; those of the first page have stories,
    and so many of their authors are celebrities."""
    reader = a_user()
    for number in range(PAGE + 5):
        author, is_pulled = a_user(), number < pulled
        follow(reader, author, is_pulled=is_pulled)
        story = stored(author, a_story(author))
        if is_pulled:
            add_own_row(story)
        else:
            add_story(story, [reader.user_id])
    older = stored(reader, a_story(reader))
    write_items(
        tray_row(reader.user_id, new_id(), older, is_seen=True) for _ in range(follows - PAGE - 5)
    )
    return reader


def page_of(reader: Caller, expected: int = PAGE) -> list[Call]:
    """The AWS calls of a full page."""
    event = gateway_event("GET /stories/feed", caller=reader)
    get_story_feed.app(event, LambdaContext())  # opens the hour of the rate limit, reads the key
    with noted(client("dynamodb")) as calls:
        answer = get_story_feed.app(event, LambdaContext())
    assert len(json.loads(answer["body"])["trays"]) == expected
    return calls


def steps_of(calls: list[Call]) -> list[Counter[str]]:
    return [
        Counter(call.operation for call in calls if call.step == step)
        for step in range(1, max(call.step for call in calls) + 1)
    ]


@pytest.mark.parametrize("follows", [30, 1000])
def test_a_page_takes_three_steps(follows: int, aws: MemoryAws, noon: float) -> None:
    calls = page_of(a_reader(follows))
    assert steps_of(calls) == [
        # Unseen rows, seen rows, followed celebrities; beside them the rate limit.
        {"Query": 3, "UpdateItem": 1},
        {"Query": PAGE + 2},  # the live stories of each author, of the reader, and of one more
        {"BatchGetItem": 2},  # accounts, relations, views and likes: 100 keys each
    ]
    looked_at = [call.parameters["Limit"] for call in calls if "IndexName" in call.parameters]
    assert max(limit for limit in looked_at if limit != 1000) == PAGE + 1
    assert sorted(looked_at)[:2] == [PAGE + 1] * 2


def test_celebrities_take_one_step_more(aws: MemoryAws, noon: float) -> None:
    calls = page_of(a_reader(30, pulled=15))
    assert [sum(step.values()) for step in steps_of(calls)][:2] == [4, 1]
    assert len(steps_of(calls)) == 4


def test_expired_trays_cost_nothing(aws: MemoryAws, noon: float) -> None:
    """DynamoDB's TTL removes them up to two days late."""
    reader, long_ago = a_user(), a_user()
    with stop_at(noon - LIFE - 1):
        story = stored(long_ago, a_story(long_ago))
        write_items(tray_row(reader.user_id, new_id(), story) for _ in range(300))
        stars = [a_user() for _ in range(3)]
        for star in stars:
            follow(reader, star, is_pulled=True)
            add_own_row(stored(star, a_story(star)))
    author = a_user()
    follow(reader, author)
    story = stored(author, a_story(author))
    write_items([tray_row(reader.user_id, author.user_id, story, is_seen=True)])
    calls = page_of(reader, expected=1)
    assert [sum(step.values()) for step in steps_of(calls)] == [4, 1, 2, 1]


def test_a_sync_reads_what_was_just_written(aws: MemoryAws, noon: float) -> None:
    author, reader = a_user(), a_user()
    follow(reader, author)
    story_id = a_story(author)
    with noted(client("dynamodb")) as calls:
        publish(on_story_created.app, created(author, story_id))
        sync_tray(reader.user_id, author.user_id)
    tables = {
        table: given["ConsistentRead"]
        for call in calls
        if call.operation == "BatchGetItem"
        for table, given in call.parameters["RequestItems"].items()
    }
    assert tables == {"hoshi-relationships": True, "hoshi-story-views": True}
    [read, *_] = [call for call in calls if call.operation == "GetItem"]
    assert (read.parameters["TableName"], read.parameters["ConsistentRead"]) == (
        "hoshi-stories",
        True,
    )


def test_a_row_is_one_write(aws: MemoryAws, noon: float) -> None:
    author, people = a_user(), [a_user() for _ in range(7)]
    for person in people:
        connect(person, "follows", author)
    story_id = a_story(author)
    publish(on_story_created.app, created(author, story_id))
    with noted(client("dynamodb")) as calls:
        consume(fan_out_story.app, *jobs(aws, "story-fan-out"))
    assert Counter(call.operation for call in calls) == {"GetItem": 1, "PutItem": len(people)}
    assert {call.step for call in calls if call.operation == "PutItem"} == {2}
    # It may have become ready just now, and no one would look again.
    assert [call.parameters["ConsistentRead"] for call in calls if call.operation == "GetItem"] == [
        True
    ]
