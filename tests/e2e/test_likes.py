"""Counters are exact: under concurrency, replay and overlap."""

import json
from typing import Any

from tests.e2e.client import Person, at_once, wait_for
from tests.e2e.conftest import Deployed

PEOPLE = 100


def like_count(person: Person, post_id: str) -> int:
    return int(person.get(f"/posts/{post_id}")["like_count"])


def stream_records(stack: Deployed, table: str) -> list[dict[str, Any]]:
    """All records of a table's stream, as Lambda receives them."""
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
    """Invoke a stream Lambda with a batch, which DynamoDB may deliver again at any time."""
    answer = stack.client("lambda").invoke(
        FunctionName=stack.function(function), Payload=json.dumps({"Records": records}).encode()
    )
    assert "FunctionError" not in answer, answer["Payload"].read()


def test_two_hundred_likes_of_a_hundred_people_count_a_hundred(
    stack: Deployed, alice: Person, crowd: list[Person]
) -> None:
    post_id = alice.expect(201, "POST", "/posts", {"content": "Like me"})["id"]
    answers = at_once(lambda fan: fan.call("POST", f"/posts/{post_id}/like"), crowd * 2)
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

    at_once(lambda fan: fan.call("DELETE", f"/posts/{post_id}/like"), crowd[:40] * 2)
    wait_for(lambda: like_count(alice, post_id) == PEOPLE - 40, "60 likes")
    # A batch of old records, all of which are counted already.
    everything = [
        record
        for record in stream_records(stack, "likes")
        if record["dynamodb"]["Keys"]["post_id"]["S"] == post_id
    ]
    deliver(stack, "PostsOnPostsChanged", everything[-60:])
    assert like_count(alice, post_id) == PEOPLE - 40


def test_follower_counts_are_exact_under_concurrency(alice: Person, crowd: list[Person]) -> None:
    def follow_and_unfollow(fan: Person) -> None:
        fan.call("POST", f"/users/{alice.id}/follow")
        fan.call("DELETE", f"/users/{alice.id}/follow")
        fan.call("POST", f"/users/{alice.id}/follow")

    fans = crowd[:20]
    at_once(follow_and_unfollow, fans)
    wait_for(
        lambda: fans[0].get(f"/users/{alice.id}")["follower_count"] == len(fans), "20 followers"
    )
    for fan in fans:
        wait_for(lambda fan=fan: fan.get("/profile")["following_count"] == 1, "one followed")  # type: ignore[misc]
