"""Edges and their mirrors on real tables: concurrent follows, replays, and exact counts."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.errors import AlreadyFollowing, UserNotFound
from tests.integration.users.conftest import Join, as_caller, records_of, stored
from users import follows
from users.models import EdgeKind, Relationship, User, edge
from users.mutual_followers import mutual_follower_count
from users.on_users_changed import app
from users.public import follower_page, following_celebrities, is_following, relation


def count(records: list[dict[str, Any]]) -> None:
    """Deliver a batch to the stream's Lambda."""
    assert app({"Records": records}, None) == {"batchItemFailures": []}


def is_active(of: User, kind: EdgeKind, other: User) -> bool | None:
    found = Relationship.find(of.user_id, edge(kind, other.user_id), consistent=True)
    return found.is_active if found else None


def outcome(act: Callable[[], Any]) -> str:
    try:
        act()
    except AlreadyFollowing:
        return "already"
    return "done"


def test_an_edge_and_its_mirror_begin_and_end_together(join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    made = follows.begin(as_caller(yuki), omar)
    assert is_active(yuki, "follows", omar) is is_active(omar, "followed_by", yuki) is True
    _, has_ended = follows.end(yuki.user_id, omar.user_id)
    assert has_ended
    assert is_active(yuki, "follows", omar) is is_active(omar, "followed_by", yuki) is False
    again = follows.begin(as_caller(yuki), omar)
    assert again.since >= made.since
    assert is_active(yuki, "follows", omar) is is_active(omar, "followed_by", yuki) is True
    assert follower_page(omar.user_id, 10)[0] == [yuki.user_id]


def test_a_request_is_not_a_follow(join: Join) -> None:
    yuki, omar = join("yuki"), join("omar", is_private=True)
    follows.begin(as_caller(yuki), omar)
    assert relation(yuki.user_id, omar.user_id).follow_status == "pending"
    assert relation(omar.user_id, yuki.user_id).requested_by
    assert not is_following(yuki.user_id, omar.user_id)
    assert follower_page(omar.user_id, 10) == ([], None)
    with pytest.raises(AlreadyFollowing):
        follows.begin(as_caller(yuki), omar)
    follows.end(yuki.user_id, omar.user_id)
    assert relation(yuki.user_id, omar.user_id).follow_status == "none"


def test_a_block_prevents_follows(join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    for of, kind, other in ((omar, "blocks", yuki), (yuki, "blocked_by", omar)):
        item = Relationship(of.user_id, f"{kind}#{other.user_id}", since="", updated_at="")
        item.save()
    for one, other in ((yuki, omar), (omar, yuki)):
        with pytest.raises(UserNotFound):
            follows.begin(as_caller(one), other)
    assert is_active(omar, "followed_by", yuki) is None


def test_of_many_concurrent_follows_one_succeeds(join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(
            pool.map(lambda _: outcome(lambda: follows.begin(as_caller(yuki), omar)), range(8))
        )
    assert sorted(outcomes) == ["already"] * 7 + ["done"]
    count(records_of("relationships", [yuki, omar]))
    assert (stored(omar).follower_count, stored(yuki).following_count) == (1, 1)


def test_counts_are_exact_after_concurrent_changes_and_replays(join: Join) -> None:
    star, fans = join("star"), [join("fan") for _ in range(12)]

    def waver(number: int) -> None:
        fan, wish = fans[number], random.Random(number)
        for _ in range(6):
            if wish.random() < 0.6:
                outcome(lambda: follows.begin(as_caller(fan), star))
            else:
                follows.end(fan.user_id, star.user_id)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(waver, range(len(fans))))
    following = [fan for fan in fans if is_active(fan, "follows", star)]
    assert 0 < len(following) < len(fans), "there must be some of each"

    def check() -> None:
        assert stored(star).follower_count == len(following)
        for fan in fans:
            assert stored(fan).following_count == int(fan in following)

    records = records_of("relationships", [star, *fans])
    for start in range(0, len(records), 7):
        count(records[start : start + 7])
        count(records[max(0, start - 3) : start + 5])  # delivered again, overlapping
    check()
    count(records)
    count(records[5:])
    check()


def test_two_consumers_of_one_batch_count_it_once(join: Join) -> None:
    star, fans = join("star"), [join("fan") for _ in range(6)]
    for fan in fans:
        follows.begin(as_caller(fan), star)
    records = records_of("relationships", [star, *fans])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, [records] * 4))
    assert stored(star).follower_count == len(fans)


def test_followers_come_in_pages(join: Join) -> None:
    star, fans = join("star"), [join("fan") for _ in range(7)]
    for fan in fans:
        follows.begin(as_caller(fan), star)
    follows.end(fans[3].user_id, star.user_id)
    found: list[str] = []
    page, after = follower_page(star.user_id, 3)
    found += page
    while after:
        page, after = follower_page(star.user_id, 3, after)
        found += page
    assert sorted(found) == sorted(fan.user_id for fan in fans if fan is not fans[3])


def test_followed_celebrities_are_found(join: Join) -> None:
    yuki, omar = join("yuki"), join("omar")
    star = join("star", celebrity_since="2026-01-01T00:00:00.000Z")
    follows.begin(as_caller(yuki), omar)
    follows.begin(as_caller(yuki), star)
    assert following_celebrities(yuki.user_id) == [star.user_id]
    follows.end(yuki.user_id, star.user_id)
    assert following_celebrities(yuki.user_id) == []


@pytest.mark.parametrize("follower_count", [3, 50_000])
def test_mutual_followers(follower_count: int, join: Join) -> None:
    yuki, star = join("yuki"), join("star", follower_count=follower_count)
    friends = [join("friend") for _ in range(3)]
    for friend in friends:
        follows.begin(as_caller(yuki), friend)
        follows.begin(as_caller(friend), star)
    follows.end(friends[0].user_id, star.user_id)
    follows.begin(as_caller(join("other")), star)
    assert mutual_follower_count(yuki.user_id, star) == 2
