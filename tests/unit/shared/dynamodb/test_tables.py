"""Conditional writes, transactions, batches and queries, with the faster calls and without."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition

from shared.dynamodb.queries import _from_key, _to_key
from shared.dynamodb.tables import (
    ConditionFailed,
    LostRace,
    Transaction,
    WriteConflict,
    conditions,
    query,
    read_items,
    retry_conflicts,
    retry_lost_races,
    transaction,
    write_items,
)
from shared.errors import EmailTaken, UsernameTaken
from shared.parallel import in_parallel
from shared.transient import TransientError, is_transient
from tests.support.botocores import TESTED, UNTESTED, use_botocore
from tests.support.memory_aws import MemoryAws
from tests.support.models import Like, Post


@pytest.fixture(scope="module", params=[TESTED, UNTESTED], autouse=True)
def botocore(request: pytest.FixtureRequest, wire: object) -> Iterator[None]:
    """All of this also holds with a botocore that its patches were not tested with."""
    with use_botocore(request.param):
        yield


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS in memory, and no waiting between tries."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)


def post(post_id: str = "p", **attributes: Any) -> Post:
    return Post(post_id, author_id="a", **attributes)


# ── One item ──────────────────────────────────────────────────────────────────────────────────────


def test_an_item_is_found_as_it_was_created() -> None:
    post(media=[{"upload_id": "u", "width": 3}], like_count=7).create()
    found = Post.find("p", consistent=True)
    assert found is not None
    assert (found.author_id, found.like_count) == ("a", 7)
    assert found.media == [{"upload_id": "u", "width": 3}]
    assert Post.find("q") is None


def test_an_item_with_two_keys_is_found_by_both() -> None:
    Like("p", "u").create()
    assert Like.find("p", "u") is not None
    assert Like.find("p", "v") is None


def test_the_second_of_two_creations_fails_and_changes_nothing() -> None:
    post(like_count=1).create()
    with pytest.raises(ConditionFailed):
        post(like_count=2).create()
    found = Post.find("p")
    assert found is not None
    assert found.like_count == 1


def test_a_creation_may_have_another_condition() -> None:
    post(like_count=1).create()
    post(like_count=2).create(Post.like_count == 1)
    with pytest.raises(ConditionFailed):
        post(like_count=3).create(Post.like_count == 1)


def test_a_change_holds_what_is_stored_afterwards() -> None:
    post(like_count=5).create()
    stale = post(like_count=0)
    stale.change(Post.like_count.add(1), condition=Post.is_there())
    assert stale.like_count == 6


@pytest.mark.parametrize(
    "condition", [Post.is_there(), Post.like_count > 5], ids=["is there", "has likes"]
)
def test_a_change_of_what_does_not_meet_the_condition_fails(condition: Condition) -> None:
    with pytest.raises(ConditionFailed):
        post().change(Post.like_count.add(1), condition=condition)
    assert Post.find("p") is None


def test_a_write_that_conflicts_with_a_transaction_says_so(aws: MemoryAws) -> None:
    aws.fail("dynamodb.PutItem", "TransactionConflictException")
    with pytest.raises(WriteConflict):
        post().create()


def test_what_is_no_failed_condition_passes_through(aws: MemoryAws) -> None:
    aws.fail("dynamodb.PutItem", "ValidationException")
    with pytest.raises(Exception, match="ValidationException") as raised:
        post().create()
    assert not is_transient(raised.value)


# ── Transactions ──────────────────────────────────────────────────────────────────────────────────


def test_a_transaction_writes_all_of_it() -> None:
    post("old").create()
    Like("p", "gone").create()
    with transaction() as write:
        write.put(post("new"), Post.is_new())
        write.update(post("old"), Post.like_count.add(3), condition=Post.is_there())
        write.delete(Like("p", "gone"))
        write.check(Like, "p", "never", condition=Like.is_new())
    assert Post.find("new")
    old = Post.find("old")
    assert old is not None
    assert old.like_count == 3
    assert Like.find("p", "gone") is None


def test_a_transaction_writes_nothing_if_one_condition_fails() -> None:
    write = Transaction()
    write.put(post("new"), Post.is_new())
    write.check(Post, "absent", condition=Post.is_there())
    with pytest.raises(ConditionFailed) as raised:
        write.send()
    assert [reason and reason.code for reason in raised.value.reasons] == [
        None,
        "ConditionalCheckFailed",
    ]
    assert Post.find("new") is None


def test_nothing_is_sent_when_the_block_fails(aws: MemoryAws) -> None:
    def fail() -> None:
        with transaction() as write:
            write.put(post())
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert aws.calls == []


def claims(*, of: str, existing: str) -> Callable[[], None]:
    """Claims two names at once, of which one exists."""
    post(existing).create()
    write = Transaction()
    write.put(post(f"username#{of}"), Post.is_new(), UsernameTaken())
    write.put(post(f"email#{of}"), Post.is_new(), EmailTaken())
    return write.send


@pytest.mark.parametrize(
    ("existing", "error"), [("username#yuki", UsernameTaken), ("email#yuki", EmailTaken)]
)
def test_each_condition_may_have_an_error_of_its_own(existing: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        claims(of="yuki", existing=existing)()


def test_an_error_may_say_what_was_found_instead() -> None:
    post(like_count=41).create()
    write = Transaction()
    write.put(post(), Post.is_new(), lambda found: ValueError(found["like_count"]["N"]))
    with pytest.raises(ValueError, match=r"^41$"):
        write.send()


def test_a_transaction_that_conflicts_with_others_is_tried_again(aws: MemoryAws) -> None:
    attempts = _conflicts(aws, times=2)
    with transaction() as write:
        write.put(post())
    assert Post.find("p")
    assert attempts() == 3


def test_a_transaction_gives_up_when_the_others_do_not(aws: MemoryAws) -> None:
    attempts = _conflicts(aws, times=99)
    with pytest.raises(WriteConflict), transaction() as write:
        write.put(post())
    assert attempts() == 4


def _conflicts(aws: MemoryAws, times: int) -> Callable[[], int]:
    """Let so many transactions be cancelled because other writers hold an item."""
    aws.dynamo.cancel_transactions("TransactionConflict", times)
    return lambda: aws.calls.count("dynamodb.TransactWriteItems")


def test_a_throttled_transaction_is_a_transient_error(aws: MemoryAws) -> None:
    aws.dynamo.cancel_transactions("ThrottlingError", 99)
    with pytest.raises(Exception, match=r"TransactionCanceled") as raised, transaction() as write:
        write.put(post())
    assert is_transient(raised.value)


def test_any_write_can_be_tried_again_while_it_conflicts() -> None:
    outcomes = iter([WriteConflict(), WriteConflict(), None])

    def write() -> str:
        outcome = next(outcomes)
        if outcome:
            raise outcome
        return "written"

    assert retry_conflicts(write) == "written"


# ── Batches ───────────────────────────────────────────────────────────────────────────────────────


def test_items_of_several_tables_are_read_at_once(aws: MemoryAws) -> None:
    post("p").create()
    Like("p", "u").create()
    aws.calls.clear()
    keys: Any = [(Post, "p"), (Like, "p", "u"), (Post, "absent"), (Post, "p")]
    found = read_items(keys)
    assert set(found) == {(Post, "p"), (Like, "p", "u")}
    assert found[Post, "p"].author_id == "a"
    assert found[Like, "p", "u"].weight == 1
    assert aws.calls == ["dynamodb.BatchGetItem"]


def test_nothing_is_read_with_no_call(aws: MemoryAws) -> None:
    assert not read_items([])
    assert write_items() == 0
    assert aws.calls == []


def test_a_hundred_keys_are_read_with_a_call(aws: MemoryAws) -> None:
    ids = [f"p{number:03}" for number in range(250)]
    write_items(post(each) for each in ids)
    aws.calls.clear()
    assert set(read_items((Post, each) for each in ids)) == {(Post, each) for each in ids}
    assert aws.calls == ["dynamodb.BatchGetItem"] * 3


def test_what_dynamodb_leaves_is_asked_for_again(aws: MemoryAws) -> None:
    ids = [f"p{number:03}" for number in range(30)]
    aws.dynamo.leave_unprocessed(1)
    assert write_items(post(each) for each in ids) == 30
    aws.dynamo.leave_unprocessed(2)
    assert len(read_items((Post, each) for each in ids)) == 30
    assert len(aws.dynamo.items("hoshi-posts")) == 30


def test_a_table_that_stays_busy_is_a_transient_error(aws: MemoryAws) -> None:
    aws.dynamo.leave_all_unprocessed()
    with pytest.raises(TransientError):
        read_items([(Post, "p"), (Post, "q")])
    with pytest.raises(TransientError):
        write_items([post("p"), post("q")])


def test_of_two_writes_to_one_key_the_last_counts() -> None:
    assert write_items([post(like_count=1), post(like_count=2)]) == 1
    found = Post.find("p")
    assert found is not None
    assert found.like_count == 2


def test_items_are_deleted_by_their_key_alone() -> None:
    write_items([post("p"), Like("p", "u")])
    write_items(deletes=[Post("p"), Like("p", "u"), Like("p", "never was")])
    assert not read_items([(Post, "p"), (Like, "p", "u")])


# ── In parallel ───────────────────────────────────────────────────────────────────────────────────


def test_results_come_in_the_order_of_the_calls() -> None:
    assert in_parallel(*((lambda n=n: n) for n in range(50))) == list(range(50))
    assert in_parallel() == []


def test_an_error_comes_only_when_all_calls_have_ended() -> None:
    ended = []

    def fail() -> None:
        raise KeyError("first")

    with pytest.raises(KeyError, match="first"):
        in_parallel(fail, *(lambda: ended.append(1) for _ in range(20)))
    assert len(ended) == 20


def test_calls_within_calls_do_not_wait_for_each_other_for_ever() -> None:
    def inner() -> list[int]:
        return in_parallel(*((lambda n=n: n) for n in range(8)))

    assert in_parallel(*[inner] * 40) == [list(range(8))] * 40


# ── Queries ───────────────────────────────────────────────────────────────────────────────────────


def like_many(count: int, *, weights: tuple[int, ...] = (1,)) -> list[str]:
    users = [f"u{number:02}" for number in range(count)]
    write_items(
        Like("p", user, weight=weights[number % len(weights)]) for number, user in enumerate(users)
    )
    return users


def pages(**options: Any) -> list[list[str]]:
    """The users of all pages of a query, each page found by the cursor of the one before."""
    found, after = [], None
    while True:
        items, after = query(Like, "p", after=after, **options)
        found.append([like.user_id for like in items])
        if after is None:
            return found


def flat(found: list[list[str]]) -> list[str]:
    return [user for page in found for user in page]


def test_pages_follow_each_other_without_gap_or_repeat() -> None:
    users = like_many(23)
    found = pages(limit=10)
    assert flat(found) == users[::-1]
    assert [len(page) for page in found] == [10, 10, 3]
    assert flat(pages(limit=7, newest_first=False)) == users


def test_a_page_that_ends_with_the_list_is_followed_by_an_empty_one_at_most() -> None:
    like_many(10)
    assert [len(page) for page in pages(limit=5)] in ([5, 5], [5, 5, 0])


def test_a_range_can_be_asked_for() -> None:
    like_many(30)
    items, after = query(Like, "p", Like.user_id.between("u05", "u07"), limit=10)
    assert [like.user_id for like in items] == ["u07", "u06", "u05"]
    assert after is None


def test_an_index_is_paged_by_its_own_key_and_the_tables() -> None:
    write_items(Like(f"p{number}", "u", liked_at="same") for number in range(5))
    seen, after = [], None
    for _ in range(4):
        items, after = query(Like.by_user, "u", limit=2, after=after)
        seen += [like.post_id for like in items]
        if after is None:
            break
        assert set(after) == {"post_id", "user_id", "liked_at"}
        assert all(isinstance(value, str) for value in after.values())
    assert seen == ["p4", "p3", "p2", "p1", "p0"]


def test_a_filtered_page_is_filled_and_goes_on_where_it_was_cut() -> None:
    users = like_many(40, weights=(1, 2))
    found = pages(limit=6, matching=Like.weight == 2)
    assert flat(found) == users[1::2][::-1]
    assert all(len(page) == 6 for page in found[:3])


def test_a_search_for_rare_items_reads_a_bounded_number_of_items(aws: MemoryAws) -> None:
    like_many(40)
    Like("p", "a", weight=9).create()
    aws.calls.clear()
    items, after = query(Like, "p", limit=3, matching=Like.weight == 9)
    assert (items, bool(after)) == ([], True)
    assert len(aws.calls) == 5
    assert flat(pages(limit=3, matching=Like.weight == 9)) == ["a"]


def test_a_key_may_hold_numbers() -> None:
    key = {"a": {"S": "x"}, "b": {"N": "12"}, "c": {"N": "0.5"}}
    assert _from_key(key) == {"a": "x", "b": 12, "c": 0.5}
    assert _to_key(_from_key(key)) == key


# ── Races ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_lost_race_is_run_again_from_its_read() -> None:
    seen: list[int] = []

    def read_and_write() -> int:
        seen.append(len(seen))
        if len(seen) < 3:
            raise ConditionFailed
        return len(seen)

    assert retry_lost_races(read_and_write) == 3
    assert seen == [0, 1, 2]


def test_a_race_that_is_always_lost_says_so_and_may_be_tried_again() -> None:
    tries = 0

    def read_and_write() -> None:
        nonlocal tries
        tries += 1
        raise ConditionFailed

    with pytest.raises(LostRace) as raised:
        retry_lost_races(read_and_write, tries=5)
    assert tries == 5
    assert (raised.value.status, raised.value.code) == (503, "dependency_unavailable")
    assert raised.value.headers == {"Retry-After": "1"}
    assert is_transient(raised.value)


def test_only_the_race_that_is_named_is_run_again() -> None:
    with pytest.raises(UsernameTaken):
        retry_lost_races(lambda: raise_(UsernameTaken()), lost=ConditionFailed)


def raise_(error: Exception) -> None:
    raise error


def test_a_write_without_an_answer_is_a_transient_error(aws: MemoryAws) -> None:
    """botocore's time-outs have a `response` of None, of which PynamoDB would ask a code."""
    cause = ReadTimeoutError(endpoint_url="http://localhost")
    with pytest.raises(UpdateError) as raised, conditions():
        raise UpdateError(cause=cause)
    assert is_transient(raised.value)
