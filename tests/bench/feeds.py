"""Feeds of a large network: fan-out, celebrities, and pages that cost the same however much there
is to choose from."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from infra.generated import FUNCTIONS, ROOT
from shared.caller import Caller
from tests.bench.capacity import Capacity, consumed
from tests.bench.memory import noted
from tests.bench.network import Network, clients, event_for, picture
from tests.bench.report import Row
from tests.bench.timing import silence
from tests.integration.posts.world import a_post, a_user, consume, event, take
from tests.support.gateway import LambdaContext

FOLLOWERS, CELEBRITYS = 20_000, 100_000
FEW, MANY, STRANGERS = 300, 3000, 50
PAGES = 5  # that a feed's figure is the mean of
FEEDS = {
    "feeds/get_explore_feed": {},
    "feeds/get_reels_feed": {"scope": "all"},
    "feeds/get_trending_feed": {},
}


def measure(network: Network) -> list[Row]:
    """All of them, on the emulator."""
    with silence():
        return [_fan_out(network), _celebrity(), *_pages(network)]


def _fan_out(network: Network) -> Row:
    """A post of somebody whom 20,000 follow; one of the workers is killed half-way."""
    from feeds import fan_out, on_post_created

    author = a_user(follower_count=FOLLOWERS)
    _add_followers(author)
    post_id = a_post(author)
    started, worked = time.monotonic(), time.process_time()
    with noted(*clients()) as made:
        consume(on_post_created.app, _created(author, post_id))
        jobs = [message["body"] for message in take("feed-fan-out", lambda _: True)]
        _kill_half_way(jobs[len(jobs) // 2])
        for job in jobs:  # the killed one's comes again
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


def _celebrity() -> Row:
    """A post of somebody whom 100,000 follow."""
    from feeds import on_post_created

    author = a_user(follower_count=CELEBRITYS, is_pulled=True)
    post_id = a_post(author)
    with noted(*clients()) as made:
        consume(on_post_created.app, _created(author, post_id))
    operations = Counter(call.operation for call in made)
    return Row(
        f"fan-out of a celebrity's post, {CELEBRITYS:,} followers",
        f"{operations.total()} reads, no follower looked at, nothing sent or written",
        "2 reads",
        operations == {"GetItem": 2},
    )


def _pages(network: Network) -> Iterator[Row]:
    """Pages of explore, public reels and trending, out of few posts and of ten times as many."""
    from feeds import rank_posts

    strangers = [a_user(picture_key=f"media/{number}/320.jpg") for number in range(STRANGERS)]
    reader = network.reader
    figures: list[dict[str, tuple[Capacity, float]]] = []
    for number in (FEW, MANY - FEW):
        _add_posts(strangers, number)
        rank_posts.app({}, LambdaContext())
        figures.append({feed: _page(network, reader, feed) for feed in FEEDS})
    few, many = figures
    for feed in FEEDS:
        ratio = many[feed][0].read / few[feed][0].read
        yield Row(
            f"{feed}: {FEW} posts → {MANY:,}",
            f"{ratio:.2f} × the units ({few[feed][0]} → {many[feed][0]}),"
            f" {few[feed][1]:g} → {many[feed][1]:g} calls",
            "1 × ± 10 %",
            0.9 <= ratio <= 1.1,
        )


def _page(network: Network, reader: Caller, feed: str) -> tuple[Capacity, float]:
    """What a first page of twenty costs, in the mean of some: units and calls."""
    import importlib

    app = importlib.import_module(feed.replace("/", ".")).app
    dynamodb = network.stack.client("dynamodb")
    asked = event_for(feed, reader)
    asked["queryStringParameters"] = FEEDS[feed] or None
    asked["multiValueQueryStringParameters"] = {
        name: [value] for name, value in FEEDS[feed].items()
    } or None
    app(asked, LambdaContext())  # now signing keys are known
    units, calls = [], 0
    for _ in range(PAGES):
        with noted(*clients()) as made:
            answer = app(asked, LambdaContext())
        assert len(json.loads(answer["body"])["posts"]) == 20, answer
        units.append(consumed(made, dynamodb))
        calls += len(made)
    read, write = (sum(values) / PAGES for values in zip(*map(_parts, units), strict=True))
    return Capacity(round(read, 1), round(write, 1)), calls / PAGES


def _parts(units: Capacity) -> tuple[float, float]:
    return units.read, units.write


def _add_posts(authors: Sequence[Caller], number: int) -> None:
    """Public reels, fresh and liked."""
    from feeds.candidates import settle_explore, settle_reels
    from posts.models import Post
    from shared.clock import timestamp
    from shared.ids import new_id
    from shared.tables import write_items

    moment, posts = timestamp(), []
    for index in range(number):
        author = authors[index % len(authors)]
        posts.append(
            Post(
                new_id(),
                author_id=author.user_id,
                author_username=author.username,
                reel_author_id=author.user_id,
                is_reel=True,
                caption=f"Number {index} of the walk along the river #bench #winter",
                media=[picture(new_id())],
                like_count=index,  # so that those which trend have an author each
                created_at=moment,
                updated_at=moment,
            )
        )
    write_items(posts)
    ids = [post.post_id for post in posts]
    settle_explore(ids)
    settle_reels(ids)


def _add_followers(author: Caller) -> None:
    from shared.clock import timestamp
    from shared.ids import new_id
    from shared.tables import write_items
    from users.models import Relationship, edge

    moment = timestamp()
    write_items(
        Relationship(
            author.user_id,
            edge("followed_by", new_id()),
            is_active=True,
            since=moment,
            updated_at=moment,
        )
        for _ in range(FOLLOWERS)
    )


def _created(author: Caller, post_id: str) -> dict[str, Any]:
    told = {"visibility": "public", "is_reel": False, "created_at": "2026-01-02T03:04:05.678Z"}
    people = {"author_id": author.user_id, "author_username": author.username}
    return event("post.created", author.user_id, post_id=post_id, **people, **told)


def _kill_half_way(job: str) -> None:
    """A worker of its own takes the job and is killed behind its first batch of writes."""
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
    """In whose timelines the post is; an operator may scan."""
    pages = network.stack.client("dynamodb").get_paginator("scan")
    found = pages.paginate(
        TableName=network.stack.table("timelines"),
        FilterExpression="post_id = :post",
        ExpressionAttributeValues={":post": {"S": post_id}},
        ProjectionExpression="user_id",
    )
    return [item["user_id"]["S"] for page in found for item in page["Items"]]
