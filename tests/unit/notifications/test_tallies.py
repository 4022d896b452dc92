"""Tallies: what happened to a thing within ten minutes, from the streams of the facts' tables."""

from collections.abc import Callable
from typing import Any

import pytest

from posts import on_posts_changed
from posts.models import CommentLike, Like, Share
from shared.clock import seconds
from shared.dynamodb.tables import Table
from shared.dynamodb.tallies import Tally
from stories import on_stories_changed
from stories.models import StoryLike
from tests.support.erasing import erase
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.support.streams import batch, stream_record
from users import on_user_erased, on_users_changed
from users.models import Relationship, edge

AT, WINDOW = "2026-01-05T12:09:59.999Z", "2026-01-05T12:00:00.000Z"
NEXT = "2026-01-05T12:10:00.000Z"


def a_like(user_id: str, at: str = AT) -> Table:
    return Like("thing", user_id, username="u", author_id="owner", liked_at=at)


def a_share(user_id: str, at: str = AT) -> Table:
    return Share("thing", user_id, share_id="S", username="u", author_id="owner", shared_at=at)


def a_comment_like(user_id: str, at: str = AT) -> Table:
    return CommentLike(
        "thing", user_id, post_id="P", username="u", commenter_id="owner", liked_at=at
    )


def a_story_like(user_id: str, at: str = AT) -> Table:
    return StoryLike("thing", user_id, username="u", author_id="owner", liked_at=at)


def a_follower(user_id: str, at: str = AT, **given: Any) -> Table:
    return Relationship("thing", edge("followed_by", user_id), since=at, updated_at=at, **given)


KINDS: dict[str, tuple[Any, Callable[..., Table]]] = {
    "post.liked": (on_posts_changed, a_like),
    "post.shared": (on_posts_changed, a_share),
    "comment.liked": (on_posts_changed, a_comment_like),
    "story.liked": (on_stories_changed, a_story_like),
    "user.followed": (on_users_changed, a_follower),
}
each_kind = pytest.mark.parametrize(
    ("kind", "service", "fact"), [(kind, *given) for kind, given in KINDS.items()], ids=KINDS
)


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, noon: float) -> None:
    """AWS in memory, at noon."""


def deliver(service: Any, *records: Any) -> None:
    assert service.app(batch(*records), LambdaContext()) == {"batchItemFailures": []}


def numbers(kind: str, window: str = WINDOW) -> tuple[int, int, int]:
    found = Tally.find(f"{kind}#thing", window)
    return (found.made, found.undone, found.number) if found else (0, 0, 0)


@each_kind
def test_facts_are_counted_in_the_window_of_their_own_time(
    kind: str, service: Any, fact: Any
) -> None:
    made = [
        stream_record(1, new=fact("A")),
        stream_record(2, new=fact("B")),
        stream_record(3, new=fact("C", NEXT)),
    ]
    deliver(service, *made)
    deliver(service, *made)
    assert (numbers(kind), numbers(kind, NEXT)) == ((2, 0, 2), (1, 0, 1))
    undone = stream_record(4, old=fact("A"))
    deliver(service, made[2], undone)
    deliver(service, undone)
    assert (numbers(kind), numbers(kind, NEXT)) == ((2, 1, 1), (1, 0, 1))
    stored = Tally.find(f"{kind}#thing", WINDOW)
    assert stored
    assert stored.expires_at == int(seconds(WINDOW)) + 100 * 24 * 3600


@each_kind
def test_two_shards_of_a_hot_thing_are_counted_both(
    kind: str, service: Any, fact: Any, aws: MemoryAws
) -> None:
    for shard, number, user_id in (("b", 7, "A"), ("a", 3, "B"), ("b", 7, "A")):
        event = batch(stream_record(number, new=fact(user_id)))
        service.app({**event, "shardId": shard}, LambdaContext())
    assert numbers(kind) == (2, 0, 2)
    listed = {each["list_name"]["S"] for each in aws.dynamo.items("hoshi-recount-lists")}
    assert not any(each.startswith("tallies") for each in listed)  # nothing recounts them


@pytest.mark.parametrize("kind", [each for each in KINDS if each != "user.followed"])
def test_what_one_does_to_ones_own_is_not_counted(kind: str) -> None:
    service, fact = KINDS[kind]
    deliver(service, stream_record(1, new=fact("owner")), stream_record(2, new=fact("other")))
    assert numbers(kind) == (1, 0, 1)


def test_only_active_follows_are_counted_and_only_once() -> None:
    active, ended = a_follower("A"), a_follower("A", is_active=False)
    again = a_follower("A", NEXT)
    other_kind = Relationship("thing", edge("follows", "A"), since=AT, updated_at=AT)
    deliver(
        on_users_changed,
        stream_record(1, new=other_kind),
        stream_record(2, new=active),
        stream_record(3, old=active, new=a_follower("A", listed="x")),
        stream_record(4, old=active, new=ended),
        stream_record(5, old=ended, new=again),
    )
    assert numbers("user.followed") == (1, 1, 0)
    assert numbers("user.followed", NEXT) == (1, 0, 1)


def test_a_number_never_falls_below_nothing() -> None:
    deliver(on_posts_changed, stream_record(1, old=a_like("A")))  # made before there were tallies
    assert numbers("post.liked") == (0, 1, 0)


def test_an_erased_accounts_tallies_go(aws: MemoryAws) -> None:
    deliver(on_users_changed, stream_record(1, new=a_follower("A")))
    erase(on_user_erased.app, "thing")
    assert aws.dynamo.items("hoshi-tallies") == []
