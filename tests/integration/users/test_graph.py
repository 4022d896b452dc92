"""Blocks, requests and private lists on real tables, under concurrent changes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from shared import clock
from shared.dynamodb.tables import query
from shared.errors import AlreadyFollowing, LimitReached, RequestNotFound, UserNotFound
from shared.http.paging import Page
from tests.integration.users.conftest import Join, as_caller, records_of, stored
from users import blocks, follow_requests, follows, private_lists
from users.edge_writes import mirror
from users.models import EdgeKind, Relationship, User
from users.on_users_changed import app
from users.people_lists import read_list
from users.public import relation

EXPECTED = (AlreadyFollowing, UserNotFound, RequestNotFound, LimitReached)


@pytest.fixture
def short_lists(monkeypatch: pytest.MonkeyPatch) -> int:
    """Private lists take five people."""
    monkeypatch.setenv("MAX_PRIVATE_LIST", "5")
    return 5


def at_once(*acts: Callable[[], Any]) -> None:
    """Do all of these in parallel; errors of the contract are fine."""

    def do(act: Callable[[], Any]) -> None:
        with suppress(*EXPECTED):
            act()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(do, acts))


def edges_of(user: User) -> list[Relationship]:
    """All edges in a user's partition."""
    found, after = query(Relationship, user.user_id, limit=500, consistent=True)
    assert after is None
    return [each for each in found if not each.edge.startswith("size#")]


def active(user: User, kind: EdgeKind) -> set[str]:
    return {
        each.edge.partition("#")[2]
        for each in edges_of(user)
        if each.is_active and each.edge.startswith(f"{kind}#")
    }


def check_mirrors(*people: User) -> None:
    """Check that both sides of every edge agree, and exactly the active ones are listed."""
    for person in people:
        for each in edges_of(person):
            assert (each.listed is not None) == each.is_active, each.edge
            other_side = mirror(each)
            if other_side:
                found = Relationship.find(other_side.user_id, other_side.edge, consistent=True)
                assert found is not None
                assert found.is_active == each.is_active, each.edge


def listed_ids(viewer: User, owner: User, kind: EdgeKind, limit: int = 3) -> list[str]:
    found: list[str] = []
    after: Any = None
    while True:
        rows, after = read_list(as_caller(viewer), owner.user_id, kind, Page(limit, after))
        found += [row.user.user_id for row in rows]
        if after is None:
            return found


def count(people: list[User]) -> None:
    records = records_of("relationships", people)
    for start in range(0, len(records), 10):
        assert app({"Records": records[start : start + 10]}, None) == {"batchItemFailures": []}


def test_no_follow_survives_a_concurrent_block(join: Join) -> None:
    for _ in range(6):
        yuki, omar = join("yuki"), join("omar")
        at_once(
            lambda yuki=yuki, omar=omar: follows.begin(as_caller(yuki), omar),
            lambda yuki=yuki, omar=omar: follows.begin(as_caller(omar), yuki),
            lambda yuki=yuki, omar=omar: blocks.block(as_caller(yuki), omar.user_id),
            lambda yuki=yuki, omar=omar: private_lists.include(
                as_caller(omar), yuki.user_id, "close_friend"
            ),
            lambda yuki=yuki, omar=omar: follows.end(yuki.user_id, omar.user_id),
            lambda yuki=yuki, omar=omar: follows.begin(as_caller(yuki), omar),
            lambda yuki=yuki, omar=omar: blocks.block(as_caller(yuki), omar.user_id),
        )
        assert active(yuki, "blocks") == {omar.user_id}
        for one, other in ((yuki, omar), (omar, yuki)):
            found = relation(one.user_id, other.user_id)
            assert (found.follows, found.followed_by, found.close_friend) == (False, False, False)
        check_mirrors(yuki, omar)
        size = Relationship.find(omar.user_id, "size#close_friend", consistent=True)
        assert not (size and size.entries)
        count([yuki, omar])
        for person in (yuki, omar):
            assert (stored(person).follower_count, stored(person).following_count) == (0, 0)


def test_a_request_ends_once_under_concurrent_answers(join: Join) -> None:
    owner, askers = join("owner", is_private=True), [join("asker") for _ in range(6)]
    for asker in askers:
        follows.begin(as_caller(asker), owner)
    acts: list[Callable[[], Any]] = []
    for asker in askers:
        acts += [
            lambda asker=asker: follow_requests.approve(owner, asker.user_id, asker.username),
            lambda asker=asker: follows.end(asker.user_id, owner.user_id),
            lambda asker=asker: follow_requests.reject(owner.user_id, asker.user_id),
        ]
    at_once(*acts)
    assert active(owner, "requested_by") == set()
    check_mirrors(owner, *askers)
    count([owner, *askers])
    assert stored(owner).follower_count == len(active(owner, "followed_by"))


def test_going_public_approves_all_requests(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_requests, "PAGE", 2)
    owner, askers = join("owner", is_private=True), [join("asker") for _ in range(5)]
    for asker in askers:
        follows.begin(as_caller(asker), owner)
    follow_requests.approve_all(owner.user_id, None)
    assert active(owner, "followed_by") == set(), "it is still private"
    owner.change(User.is_private.set(False), condition=User.is_there())
    follow_requests.approve_all(owner.user_id, None)
    follow_requests.approve_all(owner.user_id, None)  # delivered again
    assert active(owner, "followed_by") == {asker.user_id for asker in askers}
    assert active(owner, "requested_by") == set()


def test_a_private_list_never_exceeds_its_limit(join: Join, short_lists: int) -> None:
    owner, people = join("owner"), [join("person") for _ in range(12)]

    def adding(person: User) -> Callable[[], Any]:
        return lambda: private_lists.include(as_caller(owner), person.user_id, "close_friend")

    def removing(person: User) -> Callable[[], Any]:
        return lambda: private_lists.exclude(as_caller(owner), person.user_id, "close_friend")

    def check(expected: int | None = None) -> None:
        size = Relationship.find(owner.user_id, "size#close_friend", consistent=True)
        assert size is not None
        friends = active(owner, "close_friend")
        assert size.entries == len(friends) <= short_lists
        assert expected in (None, len(friends))
        assert sorted(listed_ids(owner, owner, "close_friend")) == sorted(friends)

    at_once(*(adding(person) for person in people * 2))
    check(expected=short_lists)
    at_once(*(act(person) for person in people for act in (removing, adding, removing)))
    check()


def test_a_list_shows_each_active_edge_once_even_with_equal_times(join: Join) -> None:
    star, fans = join("star"), [join("fan") for _ in range(9)]
    with clock.stop_at(1_767_614_400.0):
        for fan in fans[:7]:
            follows.begin(as_caller(fan), star)
    for fan in fans[7:]:
        follows.begin(as_caller(fan), star)
    follows.end(fans[2].user_id, star.user_id)
    found = listed_ids(star, star, "followed_by")
    assert found[:2] == [fans[8].user_id, fans[7].user_id]
    assert sorted(found) == sorted(fan.user_id for fan in fans if fan is not fans[2])
    assert set(found) == active(star, "followed_by")
