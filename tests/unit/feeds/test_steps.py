"""The sequential steps of AWS calls that a page of the home feed takes."""

import json

import pytest

from feeds.get_home_feed import app
from feeds.timelines import add_post
from posts.latest_models import LatestPosts
from posts.latest_posts import sync_latest
from posts.models import Post
from shared import hot_reads
from shared.access.caller import Caller
from shared.aws.clients import client
from shared.clock import timestamp
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import write_items
from shared.ids import new_id
from tests.bench.memory import Call, noted
from tests.integration.posts.world import a_post
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from users.models import Relationship, edge, listed
from users.public import following_celebrities

FOLLOWED = 10


def a_reader(pulled: int) -> Caller:
    """A user with posts in the timeline, who also follows `pulled` celebrities."""
    reader = a_user()
    for number in range(pulled + FOLLOWED):
        author, moment, is_pulled = a_user(), timestamp(), number < pulled
        Relationship(
            reader.user_id,
            edge("follows", author.user_id),
            since=moment,
            listed=listed("follows", moment),
            updated_at=moment,
            celebrity_id=author.user_id if is_pulled else None,
        ).save()
        for _ in range(2):
            post_id = a_post(author)
            sync_latest([Change(None, Post.get(post_id), "1", "record", moment)])
            if not is_pulled:
                add_post(post_id, author.user_id, [reader.user_id])
    return reader


def page_of(reader: Caller) -> list[Call]:
    """The AWS calls of a full page."""
    event = gateway_event("GET /feed/home", caller=reader)
    app(event, LambdaContext())  # opens the hour of the rate limit, and reads the key of cursors
    hot_reads.forget()
    with noted(client("dynamodb")) as calls:
        answer = app(event, LambdaContext())
    assert len(json.loads(answer["body"])["posts"]) == 20
    return calls


@pytest.mark.parametrize("pulled", [0, 1, 3, 30])
def test_pulling_from_celebrities_takes_one_step_however_many_they_are(
    pulled: int, aws: MemoryAws, noon: float
) -> None:
    calls = page_of(a_reader(pulled))
    steps = [
        sorted(call.operation for call in calls if call.step == step)
        for step in range(1, max(call.step for call in calls) + 1)
    ]
    pulls = [["BatchGetItem"]] if pulled else []
    assert steps == [
        # The timeline, own posts, the celebrities to pull from; beside them the rate limit.
        [*["Query"] * 3, "UpdateItem"],
        *pulls,
        ["BatchGetItem"],  # the posts, and everything that decides whether they are visible
    ]


def test_posts_with_mentions_take_one_more_step(aws: MemoryAws, noon: float) -> None:
    reader = a_reader(pulled=3)
    since = timestamp()
    for _ in range(2):
        named = [{"user_id": a_user().user_id, "since": since} for _ in range(3)]
        add_post(a_post(reader, mentions=named), reader.user_id, [reader.user_id])
    assert max(call.step for call in page_of(reader)) == 4


def test_a_thousand_celebrities_are_pulled_from_by_ten_calls(aws: MemoryAws, noon: float) -> None:
    reader, moment = a_user(), timestamp()
    authors = [new_id() for _ in range(1000)]
    write_items(
        Relationship(
            reader.user_id,
            edge("follows", each),
            since=moment,
            updated_at=moment,
            celebrity_id=each,
        )
        for each in authors
    )
    write_items(LatestPosts(each, posts=new_id(), compared_at=0) for each in authors)
    event = gateway_event("GET /feed/home", caller=reader)
    app(event, LambdaContext())
    hot_reads.forget()
    with noted(client("dynamodb")) as calls:
        app(event, LambdaContext())
    pulls = [call for call in calls if call.operation == "BatchGetItem" and call.step == 2]
    assert len(pulls) == 10
    with noted(client("dynamodb")) as calls:
        app(event, LambdaContext())
    assert not [call for call in calls if "latest-posts" in str(call.parameters)], "they are kept"


def test_a_reader_who_follows_many_celebrities_pulls_from_all(aws: MemoryAws, noon: float) -> None:
    reader, moment = a_user(), timestamp()
    celebrities = {new_id() for _ in range(500)}
    write_items(
        Relationship(
            reader.user_id,
            edge("follows", each),
            since=moment,
            updated_at=moment,
            celebrity_id=each,
        )
        for each in celebrities
    )
    assert set(following_celebrities(reader.user_id)) == celebrities
