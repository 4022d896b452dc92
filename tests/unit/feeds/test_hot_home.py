"""The home feed under load: what is throttled is left out, and rules are never five seconds old."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from feeds.explore_walk import explore
from feeds.get_home_feed import app
from feeds.public_reels import public_reels
from feeds.timelines import add_post
from posts.latest_posts import sync_latest
from posts.models import Post
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.dynamodb.changes import Change
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws, _error, _response
from tests.support.posts import a_post, connect
from tests.unit.feeds.world import synced_post
from users.models import Relationship, User, edge

THROTTLED = (
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
)


def a_celebrity(reader: Caller) -> tuple[Caller, str]:
    """A celebrity whom the reader follows, and a post of theirs that feeds pull."""
    author = a_user()
    connect(reader, "follows", author)
    followed = Relationship.get(reader.user_id, edge("follows", author.user_id))
    followed.celebrity_id = author.user_id
    followed.save()
    post = a_post(author)
    sync_latest([Change(None, Post.get(post), "1", "record", timestamp())])
    return author, post


def a_friend(reader: Caller) -> str:
    """A post in the reader's timeline."""
    author = a_user()
    connect(reader, "follows", author)
    post = a_post(author)
    add_post(post, author.user_id, [reader.user_id])
    return post


def page_of(reader: Caller) -> tuple[int, Any]:
    answer = app(gateway_event("GET /feed/home", caller=reader), LambdaContext())
    return answer["statusCode"], json.loads(answer["body"])


def ids_of(reader: Caller) -> list[str]:
    status, page = page_of(reader)
    assert status == 200
    return [post["id"] for post in page["posts"]]


class Throttle:
    """DynamoDB refuses to read what these texts name, with these codes."""

    def __init__(self, aws: MemoryAws, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: dict[str, str] = {}
        answer = aws.answer

        def throttled(request: Any, event_name: str, **more: Any) -> Any:
            for text, code in self.texts.items():
                if f'"{text}"' in request.body.decode():
                    return _response(request, 400, _error("dynamodb", code))
            return answer(request, event_name, **more)

        monkeypatch.setattr(aws, "answer", throttled)


@pytest.fixture
def throttle(aws: MemoryAws, monkeypatch: pytest.MonkeyPatch) -> Throttle:
    return Throttle(aws, monkeypatch)


@pytest.mark.parametrize("code", THROTTLED)
def test_a_timeline_that_is_throttled_is_left_out(throttle: Throttle, code: str) -> None:
    reader = a_user()
    _, pulled = a_celebrity(reader)
    friend, own = a_friend(reader), a_post(reader)
    assert page_of(reader)[1]["partial"] is False
    throttle.texts = {"hoshi-timelines": code}
    status, page = page_of(reader)
    assert (status, page["partial"]) == (200, True)
    assert [post["id"] for post in page["posts"]] == [own, pulled]
    throttle.texts = {}
    assert ids_of(reader) == [own, friend, pulled]


def test_celebrities_that_are_throttled_are_left_out(throttle: Throttle) -> None:
    reader = a_user()
    a_celebrity(reader)
    friend = a_friend(reader)
    throttle.texts = {"hoshi-latest-posts": THROTTLED[0]}
    status, page = page_of(reader)
    assert (status, page["partial"]) == (200, True)
    assert [post["id"] for post in page["posts"]] == [friend]


def test_socialhub_is_answered_alike(throttle: Throttle) -> None:
    reader = a_user()
    _, pulled = a_celebrity(reader)
    throttle.texts = {"hoshi-timelines": THROTTLED[0]}
    answer = app(gateway_event("GET /api/feed", caller=reader), LambdaContext())
    page = json.loads(answer["body"])
    assert [post["id"] for post in page["posts"]] == [pulled]
    assert page["partial"] is True


@pytest.mark.parametrize("table", ["hoshi-timelines", "hoshi-posts"])
def test_a_page_with_nothing_to_show_is_503(throttle: Throttle, table: str) -> None:
    reader = a_user()
    a_friend(reader)
    throttle.texts = {table: THROTTLED[0]}
    status, page = page_of(reader)
    assert (status, page["code"]) == (503, "dependency_unavailable")


def test_what_decides_is_not_left_out(throttle: Throttle) -> None:
    """Without its edges a post could be shown to somebody who may not see it."""
    reader = a_user()
    a_celebrity(reader)
    a_friend(reader)
    throttle.texts = {"hoshi-likes": THROTTLED[0]}
    assert page_of(reader)[0] == 503


def ban(reader: Caller, author: Caller, post: str) -> None:
    _set(User.get(author.user_id), status="banned")


def delete_account(reader: Caller, author: Caller, post: str) -> None:
    _set(User.get(author.user_id), status="deleted")


def delete_post(reader: Caller, author: Caller, post: str) -> None:
    _set(Post.get(post), deleted_at=timestamp())


def hide_post(reader: Caller, author: Caller, post: str) -> None:
    _set(Post.get(post), visibility="private")


def unfollow(reader: Caller, author: Caller, post: str) -> None:
    _set(Relationship.get(reader.user_id, edge("follows", author.user_id)), is_active=False)


def block(reader: Caller, author: Caller, post: str) -> None:
    connect(author, "blocks", reader)
    unfollow(reader, author, post)  # in the same transaction


def mute(reader: Caller, author: Caller, post: str) -> None:
    connect(reader, "mutes", author)


def _set(item: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(item, name, value)
    item.save()


@pytest.mark.parametrize(
    "act", [ban, delete_account, delete_post, hide_post, unfollow, block, mute]
)
def test_every_rule_takes_effect_at_once(
    aws: MemoryAws, noon: float, act: Callable[[Caller, Caller, str], None]
) -> None:
    reader = a_user()
    author, post = a_celebrity(reader)
    assert ids_of(reader) == [post]
    assert "dynamodb.BatchGetItem" in aws.calls
    act(reader, author, post)
    aws.calls.clear()
    assert ids_of(reader) == []


def test_a_name_is_never_old(aws: MemoryAws, noon: float) -> None:
    reader = a_user()
    author, _ = a_celebrity(reader)
    assert ids_of(reader)
    _set(User.get(author.user_id), username="new_name", is_verified=True)
    [post] = page_of(reader)[1]["posts"]
    assert (post["author_username"], post["author_is_verified"]) == ("new_name", True)


def test_parts_of_discovery_feeds_that_are_throttled_are_left_out(throttle: Throttle) -> None:
    author = a_user()
    posts = {synced_post(author, is_reel=True) for _ in range(40)}
    year = datetime.fromtimestamp(now(), UTC).year
    for source, place, text in (
        (public_reels, None, f"{year}#0"),  # one of four partitions
        (explore(1), [1, 3, 5], "0"),  # one of eight
    ):
        throttle.texts = {text: THROTTLED[0]}
        part = source(place, 50)
        assert part.is_partial
        assert 0 < len(part.candidates) < 40
        throttle.texts = {}
        part = source(place, 50)
        assert not part.is_partial
        assert {each.post_id for each in part.candidates} == posts
