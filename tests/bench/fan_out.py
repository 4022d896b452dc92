"""Fan-out to many followers while a worker is killed; and a celebrity's post without fan-out."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from infra.generated import FUNCTIONS, ROOT
from shared.access.caller import Caller
from tests.bench.memory import Call, noted
from tests.bench.network import Network, clients
from tests.bench.report import Row
from tests.bench.timing import silence
from tests.integration.posts.world import (
    a_post,
    a_user,
    consume,
    deliver,
    event,
    stream_records,
    take,
)

FOLLOWERS, CELEBRITYS = 20_000, 100_000
MARKED = 2000  # followers of the celebrity with stored edges; marking is the same for each


def measure(network: Network) -> list[Row]:
    """Measure both on the emulator."""
    with silence():
        return [_fan_out(network), *_celebrity()]


def _fan_out(network: Network) -> Row:
    """A post of an author with 20,000 followers; one of the workers is killed half-way."""
    from feeds import fan_out, on_post_created

    author = a_user(follower_count=FOLLOWERS)
    _add_followers(author, FOLLOWERS)
    post_id = a_post(author)
    started, worked = time.monotonic(), time.process_time()
    with noted(*clients()) as made:
        consume(on_post_created.app, _created(author, post_id))
        jobs = [message["body"] for message in take("feed-fan-out", lambda _: True)]
        _kill_half_way(jobs[len(jobs) // 2])
        for job in jobs:  # including that of the killed worker, which is delivered again
            consume(fan_out.app, job)
    seconds, worked = time.monotonic() - started, time.process_time() - worked
    entries = _entries(network, post_id)
    assert len(entries) == len(set(entries)), "an entry is there twice"
    writes = sum(call.operation == "BatchWriteItem" for call in made)
    return Row(
        f"fan-out to {FOLLOWERS:,} followers, one worker killed half-way",
        f"{len(entries):,} entries, none twice or lost; {len(jobs)} jobs, {writes} batches of"
        f" writes; {seconds:.0f} s on the emulator, {worked:.1f} s of processor here",
        f"{FOLLOWERS:,} entries",
        len(entries) == FOLLOWERS,
    )


def _celebrity() -> list[Row]:
    """An account reaches 100,000 followers: the stream and the queue mark it as a celebrity, and
    then it posts."""
    from feeds import on_post_created
    from users import mark_celebrity, on_users_changed
    from users.public import find_user, following_celebrities

    author = a_user(follower_count=CELEBRITYS)
    followers = _add_followers(author, MARKED)
    jobs: list[Any] = []
    with noted(*clients()) as marking:
        deliver(on_users_changed.app, stream_records("users", author.user_id))
        jobs += _sent(marking, "celebrities")
        for job in jobs:  # each sends the next
            done = len(marking)
            consume(mark_celebrity.app, job)
            jobs += _sent(marking[done:], "celebrities")
    star = find_user(author.user_id, consistent=True)
    assert star and star.is_pulled, "the account is not marked as a celebrity"
    assert following_celebrities(followers[-1]) == [author.user_id]
    post_id = a_post(author)
    with noted(*clients()) as made:
        consume(on_post_created.app, _created(author, post_id))
    operations = Counter(call.operation for call in made)
    updates = sum(call.operation == "UpdateItem" for call in marking)
    return [
        Row(
            f"fan-out of a celebrity's post, {CELEBRITYS:,} followers",
            f"{operations.total()} reads ({_listed(operations)}), no follower read, nothing sent"
            " or written",
            "2 reads",
            operations == {"GetItem": 2},
        ),
        Row(
            f"making a celebrity, {MARKED:,} of the followers",
            f"once: {len(jobs)} jobs, {updates:,} updates (of an edge each, and of the account)",
        ),
    ]


def _sent(calls: Sequence[Call], queue: str) -> list[str]:
    """The messages that these calls send to a queue, without waiting for their delay."""
    return [
        entry["MessageBody"]
        for call in calls
        if call.operation == "SendMessageBatch"
        and call.parameters["QueueUrl"].endswith(f"-{queue}")
        for entry in call.parameters["Entries"]
    ]


def _listed(operations: Counter[str]) -> str:
    return ", ".join(f"{times} {operation}" for operation, times in operations.items())


def _add_followers(author: Caller, number: int) -> list[str]:
    """Store this number of new followers, both halves of each edge."""
    from shared.clock import timestamp
    from shared.dynamodb.tables import write_items
    from shared.ids import new_id
    from users.models import Relationship, edge

    moment = timestamp()
    followers = [new_id() for _ in range(number)]
    write_items(
        Relationship(user, edge(kind, other), is_active=True, since=moment, updated_at=moment)
        for follower in followers
        for user, kind, other in (
            (author.user_id, "followed_by", follower),
            (follower, "follows", author.user_id),
        )
    )
    return followers


def _created(author: Caller, post_id: str) -> dict[str, Any]:
    post = {"visibility": "public", "is_reel": False, "created_at": "2026-01-02T03:04:05.678Z"}
    people = {"author_id": author.user_id, "author_username": author.username}
    return event("post.created", author.user_id, post_id=post_id, **people, **post)


def _kill_half_way(job: str) -> None:
    """Run the job in another process, which is killed after its first batch of writes."""
    given = json.dumps({"Records": [{"messageId": "m", "body": job}]})
    ended = subprocess.run(
        [sys.executable, "-m", "tests.e2e.killed", "feeds.fan_out", "BatchWriteItem"],
        input=given,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(FUNCTIONS)},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 9, ended.stderr


def _entries(network: Network, post_id: str) -> list[str]:
    """The users in whose timelines the post is; an operator may scan."""
    pages = network.stack.client("dynamodb").get_paginator("scan")
    found = pages.paginate(
        TableName=network.stack.table("timelines"),
        FilterExpression="post_id = :post",
        ExpressionAttributeValues={":post": {"S": post_id}},
        ProjectionExpression="user_id",
    )
    return [item["user_id"]["S"] for page in found for item in page["Items"]]
