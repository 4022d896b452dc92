"""Concurrent writes, transactions, and pages of real tables, with the faster calls and without."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.dynamodb.tables import (
    ConditionFailed,
    Transaction,
    query,
    read_items,
    transaction,
    write_items,
)
from shared.errors import UsernameTaken
from tests.support.botocores import TESTED, UNTESTED, use_botocore
from tests.support.models import Like, Post


@pytest.fixture(scope="module", params=[TESTED, UNTESTED], autouse=True)
def botocore(request: pytest.FixtureRequest, foundation: object) -> Iterator[None]:
    """All of this also holds with a botocore that its patches were not tested with."""
    with use_botocore(request.param):
        yield


def outcomes(write: Callable[[], object], times: int) -> list[str]:
    """How `times` concurrent writes end."""

    def one(_: int) -> str:
        try:
            write()
        except (ConditionFailed, UsernameTaken) as error:
            return type(error).__name__
        return "written"

    with ThreadPoolExecutor(8) as pool:
        return sorted(pool.map(one, range(times)))


def test_of_many_creations_at_once_one_succeeds(fresh: str) -> None:
    ended = outcomes(lambda: Post(fresh, author_id="a").create(), 12)
    assert ended == ["ConditionFailed"] * 11 + ["written"]


def test_of_many_transactions_at_once_one_succeeds_and_the_others_say_why(fresh: str) -> None:
    def claim() -> None:
        with transaction() as write:
            write.put(Post(fresh, author_id="a"), Post.is_new(), UsernameTaken())
            write.put(Like(fresh, "claim"))

    assert outcomes(claim, 12) == ["UsernameTaken"] * 11 + ["written"]


def test_transactions_on_one_item_wait_for_each_other(fresh: str) -> None:
    Post(fresh, author_id="a").create()

    def add() -> None:
        with transaction() as write:
            write.update(Post(fresh), Post.like_count.add(1), condition=Post.is_there())

    assert outcomes(add, 12) == ["written"] * 12
    found = Post.find(fresh, consistent=True)
    assert found is not None
    assert found.like_count == 12


def test_a_failed_transaction_says_what_it_found_and_writes_nothing(fresh: str) -> None:
    Post(fresh, author_id="first").create()
    write = Transaction()
    write.put(Like(fresh, "u"))
    write.put(
        Post(fresh, author_id="second"),
        Post.is_new(),
        lambda found: LookupError(found["author_id"]["S"]),
    )
    with pytest.raises(LookupError, match="first"):
        write.send()
    assert Like.find(fresh, "u") is None


def test_every_kind_of_action_fits_into_a_transaction(fresh: str) -> None:
    Post(fresh, author_id="a").create()
    Like(fresh, "gone").create()
    with transaction() as write:
        write.check(Post, fresh, condition=Post.author_id == "a")
        write.delete(Like(fresh, "gone"), Like.is_there())
        write.put(Like(fresh, "new"), Like.is_new())
        write.update(Post(f"{fresh}2"), Post.like_count.set(1), Post.author_id.set("b"))
    assert set(read_items([(Like, fresh, "gone"), (Like, fresh, "new"), (Post, f"{fresh}2")])) == {
        (Like, fresh, "new"),
        (Post, f"{fresh}2"),
    }


def test_batches_read_what_batches_wrote(fresh: str) -> None:
    likes = [Like(fresh, f"u{number:03}") for number in range(130)]
    assert write_items(likes) == 130
    keys = [(Like, fresh, f"u{number:03}") for number in range(140)]
    assert len(read_items(keys, consistent=True)) == 130
    write_items(deletes=[Like(fresh, f"u{number:03}") for number in range(100)])
    assert len(read_items(keys, consistent=True)) == 30


@pytest.mark.parametrize("limit", [1, 7, 20])
def test_pages_of_a_table_have_neither_gap_nor_repeat(fresh: str, limit: int) -> None:
    users = [f"u{number:02}" for number in range(20)]
    write_items(Like(fresh, user) for user in users)
    seen, after = [], None
    while True:
        found, after = query(Like, fresh, limit=limit, after=after, consistent=True)
        seen += [like.user_id for like in found]
        if after is None:
            break
    assert seen == users[::-1]


def test_pages_of_an_index_go_on_among_equal_keys(fresh: str) -> None:
    write_items(Like(f"{fresh}{number}", fresh, liked_at="same") for number in range(9))
    seen, after = [], None
    while True:
        found, after = query(Like.by_user, fresh, limit=4, after=after)
        seen += [like.post_id for like in found]
        if after is None:
            break
    assert sorted(seen) == [f"{fresh}{number}" for number in range(9)]


def test_a_filtered_page_is_cut_where_it_can_go_on(fresh: str) -> None:
    write_items(Like(fresh, f"u{number:02}", weight=number % 3) for number in range(30))
    seen, after = [], None
    while True:
        found, after = query(Like, fresh, limit=4, after=after, matching=Like.weight == 1)
        seen += [like.user_id for like in found]
        assert len(found) <= 4
        if after is None:
            break
    assert seen == [f"u{number:02}" for number in range(28, 0, -3)]
