"""Counters are exact: under concurrency, replay and overlap."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.client import Api, Person, join, wait_for
from tests.e2e.conftest import Deployed

PEOPLE = 100


@pytest.fixture(scope="module")
def crowd(api: Api) -> list[Person]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda _: join(api, "fan"), range(PEOPLE)))


def like_count(person: Person, post_id: str) -> int:
    return int(person.get(f"/posts/{post_id}")["like_count"])


def stream_records(stack: Deployed, table: str) -> list[dict[str, Any]]:
    """Every record of a table's stream, as Lambda gets them."""
    streams = stack.client("dynamodbstreams")
    [stream] = streams.list_streams(TableName=stack.table(table))["Streams"]
    arn = stream["StreamArn"]
    records: list[dict[str, Any]] = []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while iterator:
            page = streams.get_records(ShardIterator=iterator, Limit=1000)
            records += [{**record, "eventSourceARN": arn} for record in page["Records"]]
            if not page["Records"]:
                break
            iterator = page.get("NextShardIterator")
    return json.loads(json.dumps(records, default=lambda moment: moment.timestamp()))  # type: ignore[no-any-return]


def deliver(stack: Deployed, function: str, records: list[dict[str, Any]]) -> None:
    """Give a stream Lambda a batch, as DynamoDB may at any time do again."""
    answer = stack.client("lambda").invoke(
        FunctionName=stack.function(function), Payload=json.dumps({"Records": records}).encode()
    )
    assert "FunctionError" not in answer, answer["Payload"].read()


@pytest.mark.timeout(300)
def test_two_hundred_likes_of_a_hundred_people_count_a_hundred(
    stack: Deployed, alice: Person, crowd: list[Person]
) -> None:
    post_id = alice.expect(201, "POST", "/posts", {"content": "Like me"})["id"]
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda fan: fan.call("POST", f"/posts/{post_id}/like"), crowd * 2))
    assert {answer.status_code for answer in answers} == {200}
    wait_for(lambda: like_count(alice, post_id) == PEOPLE, "100 likes")

    records = [
        record
        for record in stream_records(stack, "likes")
        if record["dynamodb"]["Keys"]["post_id"]["S"] == post_id
    ]
    assert len(records) == PEOPLE
    deliver(stack, "PostsOnPostsChanged", records)  # the whole batch again
    deliver(stack, "PostsOnPostsChanged", records[PEOPLE // 2 :])  # a part of it
    assert like_count(alice, post_id) == PEOPLE

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda fan: fan.call("DELETE", f"/posts/{post_id}/like"), crowd[:40] * 2))
    wait_for(lambda: like_count(alice, post_id) == PEOPLE - 40, "60 likes")
    # A batch that overlaps what was counted: old records first, all of them seen.
    everything = [
        record
        for record in stream_records(stack, "likes")
        if record["dynamodb"]["Keys"]["post_id"]["S"] == post_id
    ]
    deliver(stack, "PostsOnPostsChanged", everything[-60:])
    assert like_count(alice, post_id) == PEOPLE - 40


def test_follower_counts_survive_a_storm(alice: Person, crowd: list[Person]) -> None:
    def follow_and_leave(fan: Person) -> None:
        fan.call("POST", f"/users/{alice.id}/follow")
        fan.call("DELETE", f"/users/{alice.id}/follow")
        fan.call("POST", f"/users/{alice.id}/follow")

    fans = crowd[:20]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(follow_and_leave, fans))
    wait_for(
        lambda: fans[0].get(f"/users/{alice.id}")["follower_count"] == len(fans), "20 followers"
    )
    assert fans[0].get("/profile")["following_count"] == 1
