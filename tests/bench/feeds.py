"""Feeds of a large network: a page costs the same however many posts there are to choose from.
(The home feed with many follows is measured among the requests.)"""

import importlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from shared.access.caller import Caller
from tests.bench.capacity import Capacity, consumed
from tests.bench.memory import noted
from tests.bench.network import Network, clients, event_for, picture
from tests.bench.report import Row
from tests.bench.timing import silence
from tests.integration.posts.world import a_user
from tests.support.gateway import LambdaContext

FEW, MANY, AUTHORS = 300, 3000, 50
PAGES = 5  # measured of each feed; the figure is their mean
TAG = "winter"


@dataclass(frozen=True)
class Feed:
    """A list of posts, and how to request it."""

    function: str
    path: dict[str, str] | None = None
    query: dict[str, str] = field(default_factory=dict)


FEEDS = (
    Feed("feeds/get_explore_feed"),
    Feed("feeds/get_reels_feed", query={"scope": "all"}),
    Feed("feeds/get_trending_feed"),
    Feed("hashtags/list_tag_posts", path={"tag": TAG}),
)


def measure(network: Network) -> list[Row]:
    """Measure all feeds on the emulator."""
    with silence():
        return list(_pages(network))


def _pages(network: Network) -> Iterator[Row]:
    """A page of each, with few posts in the network and with ten times as many."""
    from feeds import rank_posts

    authors = [a_user(picture_key=f"media/{number}/320.jpg") for number in range(AUTHORS)]
    reader = network.reader
    figures: list[list[tuple[Capacity, float]]] = []
    for number in (FEW, MANY - FEW):
        _add_posts(authors, number)
        rank_posts.app({}, LambdaContext())
        figures.append([_page(network, reader, feed) for feed in FEEDS])
    for feed, (few, few_calls), (many, many_calls) in zip(FEEDS, *figures, strict=True):
        ratio = many.read / few.read
        yield Row(
            f"{feed.function}: {FEW} posts → {MANY:,}",
            f"{ratio:.2f} × the units ({few} → {many}), {few_calls:g} → {many_calls:g} calls",
            "1 × ± 10 %",
            0.9 <= ratio <= 1.1,
        )


def _page(network: Network, reader: Caller, feed: Feed) -> tuple[Capacity, float]:
    """The mean cost of a first page of twenty posts: units and calls."""
    app = importlib.import_module(feed.function.replace("/", ".")).app
    dynamodb = network.stack.client("dynamodb")
    asked = event_for(feed.function, reader, feed.path)
    asked["queryStringParameters"] = feed.query or None
    asked["multiValueQueryStringParameters"] = {
        name: [value] for name, value in feed.query.items()
    } or None
    app(asked, LambdaContext())  # reads the signing keys
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
    """Add new public reels with likes and a tag."""
    from feeds.discovery_index import sync_explore, sync_reels
    from hashtags.models import HashtagPost
    from posts.models import Post
    from shared.clock import timestamp
    from shared.dynamodb.tables import write_items
    from shared.ids import new_id

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
                caption=f"Number {index} of the walk along the river #{TAG}",
                media=[picture(new_id())],
                like_count=index,  # so that the posts that trend have different authors
                created_at=moment,
                updated_at=moment,
            )
        )
    write_items(posts)
    write_items(
        HashtagPost(TAG, post.post_id, author_id=post.author_id, is_public=True) for post in posts
    )
    ids = [post.post_id for post in posts]
    sync_explore(ids)
    sync_reels(ids)
