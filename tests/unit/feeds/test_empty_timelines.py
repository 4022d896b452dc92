"""An empty timeline is filled once by the read that finds it, and rebuilt from the follows."""

from typing import Any

import pytest

from feeds import empty_timelines, get_home_feed
from feeds.empty_timelines import rebuild_timeline
from feeds.home_sources import followed
from feeds.models import MARK, Timeline
from feeds.timelines import add_post, entry
from posts.models import Collaborator
from shared.access.caller import Caller
from shared.access.revocation import end_session
from shared.clock import now, stop_at, timestamp
from shared.dynamodb.tables import transaction
from shared.transient import Throttled
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.unit.feeds.world import a_post, collaborator, ids, page_of, relate


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, noon: float) -> None:
    """AWS in memory, at noon."""


def feed(reader: Caller) -> list[str]:
    return ids(page_of(get_home_feed.app, "GET /feed/home", reader))


def stored(person: Caller) -> set[str]:
    return {each.post_id for each in Timeline.query(person.user_id)}


def follow(reader: Caller, **given: Any) -> Caller:
    author = a_user(**given)
    relate(reader, "follows", author)
    return author


def test_the_read_that_finds_no_entry_fills_the_timeline() -> None:
    reader = a_user()
    one, other, star = follow(reader), follow(reader), follow(reader, is_pulled=True)
    posts = [a_post(author, age) for age, author in enumerate((one, other, one))]
    a_post(star, 10)
    a_post(a_user(), 10)
    a_post(other, 31 * 24 * 3600)  # its entry would have expired
    assert feed(reader) == posts
    assert stored(reader) == {*posts, MARK}, "a celebrity's posts are pulled"
    assert feed(reader) == posts
    read = followed(reader.user_id, with_own=False)(None, 20)
    assert MARK not in {each.post_id for each in read.candidates}, "the mark is no post"


def test_a_timeline_is_filled_once_a_day(aws: MemoryAws) -> None:
    reader = a_user()
    author = follow(reader)
    assert feed(reader) == []
    assert stored(reader) == {MARK}, "nobody whom the reader follows has posted"
    post_id = a_post(author)
    assert feed(reader) == []
    with stop_at(now() + 25 * 3600):
        assert feed(reader) == [post_id]


def test_a_refused_read_fills_nothing() -> None:
    reader = a_user()
    a_post(follow(reader))
    with transaction() as write:
        end_session(write, reader.user_id, reader.session_id)
    event = gateway_event("GET /feed/home", caller=reader)
    assert get_home_feed.app(event, LambdaContext())["statusCode"] == 401
    assert stored(reader) == set()


@pytest.mark.parametrize("step", ["latest_posts", "write_items"])
def test_a_fill_that_failed_is_tried_again_after_a_minute(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    reader = a_user()
    post_id = a_post(follow(reader))

    def fail(*_: Any, **__: Any) -> None:
        raise Throttled

    with monkeypatch.context() as failing:
        failing.setattr(empty_timelines, step, fail)
        event = gateway_event("GET /feed/home", caller=reader)
        assert get_home_feed.app(event, LambdaContext())["statusCode"] == 503
    with stop_at(now() + 61):
        assert feed(reader) == [post_id]


def test_who_follows_nobody_gets_no_mark(aws: MemoryAws) -> None:
    reader = a_user()
    aws.calls.clear()
    assert feed(reader) == []
    assert stored(reader) == set()
    writes = [call for call in aws.calls if "Put" in call or ("Batch" in call and "Write" in call)]
    assert writes == []


def test_a_follow_that_ends_while_the_timeline_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = a_user()
    author = follow(reader)
    a_post(author)
    write = empty_timelines.write_items

    def end_and_write(**items: Any) -> int:
        relate(reader, "follows", author, is_active=False)
        return write(**items)

    monkeypatch.setattr(empty_timelines, "write_items", end_and_write)
    assert feed(reader) == []
    assert stored(reader) == {MARK}


def test_the_next_page_fills_nothing() -> None:
    reader = a_user()
    author = follow(reader)
    post_id = a_post(author)
    add_post(post_id, author.user_id, [reader.user_id])
    older = a_post(author, 100)
    assert feed(reader) == [post_id]
    assert older not in stored(reader), "a timeline with an entry is not filled"


def test_a_timeline_whose_entries_expired_is_not_lost() -> None:
    reader = a_user()
    author = follow(reader)
    old = entry(reader.user_id, a_post(author), author.user_id)
    old.expires_at = int(now())
    old.save()
    assert feed(reader) == []
    assert MARK not in stored(reader)


def test_a_rebuild_makes_what_events_would_have_made() -> None:
    reader = a_user()
    author, former, friend = follow(reader), a_user(), a_user()
    relate(reader, "follows", former, is_active=False)
    posts = {a_post(author, age) for age in range(3)}
    gone = a_post(former)
    entry(reader.user_id, gone, former.user_id).save()
    shared = a_post(friend, collaborators=[collaborator(reader)])
    Collaborator(
        shared, reader.user_id, author_id=friend.user_id, status="accepted", since=timestamp()
    ).save()
    for _ in range(2):
        rebuild_timeline(reader.user_id)
        assert stored(reader) == posts | {shared}
