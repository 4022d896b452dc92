"""Counters are exact however often, and in whatever batches, their changes are delivered."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from shared.clock import now, seconds, stop_at, timestamp
from shared.dynamodb.changes import Change
from shared.dynamodb.counters import Counter, apply
from shared.dynamodb.watermarks import Watermarks
from shared.transient import TransientError
from tests.support.memory_aws import MemoryAws
from tests.support.memory_dynamo import Refused
from tests.support.models import Like, Post
from tests.unit.conftest import Log

LIKES = Counter(
    target=Post,
    sequence="like_seq",
    target_key=lambda change: change.item.post_id,
    deltas=lambda change: (
        {"like_count": 1} if change.is_created else {"like_count": -1} if change.is_removed else {}
    ),
)


@pytest.fixture(autouse=True)
def posts(aws: MemoryAws) -> None:
    for post_id in ("p", "q"):
        Post(post_id, author_id="a").create()


def change(sequence: int, kind: str = "+", post_id: str = "p") -> Change[Like]:
    """A like (+), the removal of one (-), or a change of one (~)."""
    like = Like(post_id, f"u{sequence}")
    old, new = {"+": (None, like), "-": (like, None), "~": (like, like)}[kind]
    return Change(old, new, str(sequence), f"r{sequence}", "2026-01-05T12:00:00.000Z")


def of_shard(shard: str, *sequences: int) -> list[Change[Like]]:
    return [replace(change(sequence), shard=shard) for sequence in sequences]


def count(post_id: str = "p") -> int:
    found = Post.find(post_id)
    assert found is not None
    return found.like_count


def test_a_batch_is_one_write_per_counted_item(aws: MemoryAws) -> None:
    aws.calls.clear()
    apply(LIKES, [change(n, post_id="p" if n % 3 else "q") for n in range(1, 100)])
    assert (count("p"), count("q")) == (66, 33)
    assert aws.calls.count("dynamodb.UpdateItem") == 2


def test_a_created_target_has_its_attributes_from_the_start(aws: MemoryAws) -> None:
    counter = replace(
        LIKES,
        target_key=lambda change: "made",
        makes_target=True,
        from_start=lambda change: {"author_id": change.item.user_id, "weight": 7},
    )
    for number in (1, 2, 3):
        apply(counter, [change(number)])
    [made] = [each for each in aws.dynamo.items("hoshi-posts") if each["post_id"]["S"] == "made"]
    assert (made["like_count"]["N"], made["author_id"]["S"], made["weight"]["N"]) == (
        "3",
        "u1",
        "7",
    )


def test_removals_are_subtracted_and_changes_count_nothing() -> None:
    apply(LIKES, [change(1), change(2), change(3, "~"), change(4, "-"), change(5)])
    assert count() == 2


def test_a_replayed_batch_is_not_counted_again() -> None:
    changes = [change(n) for n in range(1, 11)]
    for _ in range(3):
        apply(LIKES, changes)
    assert count() == 10


def test_of_an_overlapping_batch_only_the_new_part_is_counted() -> None:
    changes = [change(n) for n in range(1, 21)]
    apply(LIKES, changes[:8])
    apply(LIKES, changes[3:12])
    apply(LIKES, changes[:20])
    apply(LIKES, changes[5:9])
    assert count() == 20


def test_a_batch_that_adds_up_to_zero_is_remembered_too() -> None:
    apply(LIKES, [change(1), change(2, "-")])
    apply(LIKES, [change(2, "-"), change(3)])
    assert count() == 1


def test_sequence_numbers_are_compared_as_numbers() -> None:
    apply(LIKES, [change(9)])
    apply(LIKES, [change(10)])
    apply(LIKES, [change(100_000_000_000_000_000_000_000)])
    apply(LIKES, [change(99)])
    assert count() == 3


@pytest.mark.parametrize("seed", range(5))
def test_any_split_into_overlapping_batches_counts_the_same(seed: int) -> None:
    """At least once, and in order within a shard: DynamoDB Streams promise no more."""
    dice = random.Random(seed)
    changes = [change(n, dice.choice("++-~")) for n in range(1, 201)]
    at = 0
    while at < len(changes):
        start = max(0, at - dice.randrange(8))
        at = min(len(changes), at + dice.randrange(1, 25))
        for _ in range(dice.randrange(1, 3)):
            apply(LIKES, changes[start:at])
    assert count() == sum(LIKES.deltas(each).get("like_count", 0) for each in changes)


# ── Other shards and streams ──────────────────────────────────────────────────────────────────────


def test_a_restored_table_is_counted_on() -> None:
    """Its stream is another one, whose numbers begin low."""
    before = [change(number) for number in range(5001, 5011)]
    after = [replace(change(n), stream="2027-01-01T00:00:00.000") for n in range(1, 1001)]
    for batch in (before, after[:600], after[400:], after, before):
        apply(LIKES, batch)
    assert count() == 1010


@pytest.mark.parametrize("seed", range(5))
def test_shards_of_one_item_hide_nothing_from_each_other(seed: int) -> None:
    """DynamoDB splits an item collection by heat: its numbers interleave, its shards overtake."""
    dice = random.Random(seed)
    shards: dict[str, list[Change[Like]]] = {"a": [], "b": [], "c": []}
    for number in range(1, 401):
        shard = dice.choice("abc")
        shards[shard].append(replace(change(number, dice.choice("++-")), shard=shard))
    ends = dict.fromkeys(shards, 0)
    while any(ends[shard] < len(shards[shard]) for shard in shards):
        shard = dice.choice("abc")
        start = max(0, ends[shard] - dice.randrange(8))
        ends[shard] = min(len(shards[shard]), ends[shard] + dice.randrange(1, 25))
        for _ in range(dice.randrange(1, 3)):
            apply(LIKES, shards[shard][start : ends[shard]])
    every = [each for shard in shards.values() for each in shard]
    assert count() == sum(LIKES.deltas(each).get("like_count", 0) for each in every)


def test_a_shard_that_follows_another_is_one_more_write_once(aws: MemoryAws) -> None:
    apply(LIKES, of_shard("parent", 1, 2))
    aws.calls.clear()
    apply(LIKES, of_shard("child", 3))
    assert aws.calls == ["dynamodb.UpdateItem"] * 2
    aws.calls.clear()
    apply(LIKES, of_shard("child", 4))
    assert aws.calls == ["dynamodb.UpdateItem"]
    assert count() == 4


def test_an_item_keeps_no_watermark_whose_shard_is_over(aws: MemoryAws) -> None:
    """A shard lives for four hours, its records for 24 more."""
    sizes = []
    for number in range(40):
        at = timestamp(seconds("2026-01-05T12:00:00.000Z") + number * 4 * 3600)
        shard = of_shard(f"shard-{number}", 2 * number, 2 * number + 1)
        apply(LIKES, [replace(each, occurred_at=at) for each in shard])
        [item] = [each for each in aws.dynamo.items("hoshi-posts") if each["post_id"]["S"] == "p"]
        sizes.append(len(item.get("like_seq_others", {"S": ""})["S"]))
    assert count() == 80
    assert max(sizes) == sizes[-1] == sizes[10]
    assert sizes[-1] < 500


def test_items_of_the_earlier_version_are_counted_on() -> None:
    """They hold one sequence number, for all shards of the table's only stream."""
    Post("p").update(actions=[Post.like_seq.set(f"{20:040}"), Post.like_count.set(20)])
    changes = [replace(change(n), stream="2026-01-01", shard="ab"[n % 2]) for n in range(1, 41)]
    for shard in ("a", "b", "a", "b"):
        apply(LIKES, [each for each in changes if each.shard == shard])
    assert count() == 40


def test_an_earlier_version_never_counted_the_stream_of_a_later_table() -> None:
    Post("p").update(actions=[Post.like_seq.set(f"{900:040}"), Post.like_count.set(20)])
    apply(LIKES, [replace(change(1), stream="2027-01-01T00:00:00.000")])
    assert count() == 21


# ── Recounts ──────────────────────────────────────────────────────────────────────────────────────

RECOUNTED = replace(LIKES, is_recounted=True)


def listed(aws: MemoryAws) -> list[str]:
    """The items on the lists of the recount."""
    return sorted(each["item_key"]["S"] for each in aws.dynamo.items("hoshi-recount-lists"))


@pytest.mark.usefixtures("noon")
def test_an_item_is_listed_with_its_first_change_of_a_day(aws: MemoryAws) -> None:
    apply(RECOUNTED, [change(1), change(2, post_id="q")])
    assert listed(aws) == ["p", "q"]
    aws.calls.clear()
    apply(RECOUNTED, [change(3)])
    assert aws.calls == ["dynamodb.UpdateItem"]
    with stop_at(now() + 24 * 3600):
        apply(RECOUNTED, [replace(change(4), occurred_at=timestamp())])
        apply(RECOUNTED, [replace(change(5), occurred_at=timestamp())])
    assert listed(aws) == ["p", "p", "q"]


@pytest.mark.usefixtures("noon")
def test_an_item_is_listed_when_a_change_is_refused(aws: MemoryAws) -> None:
    """It may have been lost, and replayed when newer ones were counted already."""
    apply(LIKES, [change(1), change(2, post_id="q"), change(9)])
    apply(RECOUNTED, [change(5)])
    assert listed(aws) == ["p"]
    apply(RECOUNTED, [change(2, post_id="q"), change(3, post_id="q")])
    assert listed(aws) == ["p", "q"]


def test_what_cannot_be_counted_is_listed(aws: MemoryAws) -> None:
    aws.fail("dynamodb.UpdateItem", "ValidationException", times=1)
    apply(RECOUNTED, [change(1)])
    assert listed(aws) == ["p"]


def test_an_item_that_is_gone_is_not_listed(aws: MemoryAws) -> None:
    apply(RECOUNTED, [change(1, post_id="gone")])
    assert listed(aws) == []


def test_a_batch_whose_list_cannot_be_written_must_be_delivered_again(aws: MemoryAws) -> None:
    aws.fail("dynamodb.BatchWriteItem", "ThrottlingException", times=3)
    with pytest.raises(Exception, match="Throttling"):
        apply(RECOUNTED, [change(1)])
    apply(RECOUNTED, [change(1)])
    assert (count(), listed(aws)) == (1, ["p"])


def test_a_recount_includes_what_happened_before_it_and_nothing_after() -> None:
    moment = seconds("2026-01-05T12:00:10.000Z")

    def at(second: int, sequence: int, shard: str) -> Change[Like]:
        when = timestamp(moment + second)
        return replace(change(sequence), shard=shard, occurred_at=when)

    apply(LIKES, [at(-5, 1, "a"), at(-4, 2, "a")])
    marks = Watermarks.read(stored("like_seq"), stored("like_seq_others")).recounted(moment)
    Post("p").update(actions=[Post.like_count.set(70), Post.like_seq.set(marks.latest)])
    late, new = [at(-3, 3, "a"), at(-1, 4, "a")], [at(0, 5, "a"), at(2, 6, "a")]
    for batch in (late, late + new, new, [at(-2, 1, "b"), at(1, 2, "b")], late):
        apply(LIKES, batch)
    assert count() == 73


def stored(name: str) -> str | None:
    found = Post.find("p")
    assert found is not None
    text: str | None = found.attribute_values.get(name)
    return text


def test_two_appliers_of_one_batch_count_it_once() -> None:
    changes = [change(n) for n in range(1, 51)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: apply(LIKES, changes), range(16)))
    assert count() == 50


def test_an_item_that_is_gone_is_not_created_again(aws: MemoryAws) -> None:
    apply(LIKES, [change(1, post_id="gone")])
    assert Post.find("gone") is None
    assert len(aws.dynamo.items("hoshi-posts")) == 2


def test_an_item_of_counts_alone_is_created_by_its_first_change() -> None:
    makes = Counter(Post, "like_seq", LIKES.target_key, LIKES.deltas, makes_target=True)
    apply(makes, [change(1, post_id="new"), change(2, post_id="new")])
    apply(makes, [change(1, post_id="new"), change(2, post_id="new")])
    assert count("new") == 2


def test_an_item_with_two_keys_can_hold_a_count() -> None:
    Like("p", "u", weight=1).create()
    weights = Counter(Like, "seq", lambda each: ("p", "u"), lambda each: {"weight": 2})
    apply(weights, [change(1), change(2)])
    found = Like.find("p", "u")
    assert found is not None
    assert found.weight == 5


def test_several_counters_of_an_item_change_together(aws: MemoryAws) -> None:
    both = Counter(Post, "seq", lambda each: "p", lambda each: {"like_count": 1, "score": 3})
    aws.calls.clear()
    apply(both, [change(1), change(2)])
    (item,) = [each for each in aws.dynamo.items("hoshi-posts") if each["post_id"]["S"] == "p"]
    assert (item["like_count"]["N"], item["score"]["N"]) == ("2", "6")
    assert aws.calls == ["dynamodb.UpdateItem"]


@pytest.mark.parametrize("code", ["ThrottlingException", "TransactionConflictException", None])
def test_while_the_table_is_busy_the_batch_must_be_delivered_again(
    aws: MemoryAws, code: str | None
) -> None:
    changes = [change(1), change(2, post_id="q")]
    aws.fail("dynamodb.UpdateItem", code, times=3, first=1)
    with pytest.raises(Exception, match=code or "connect"):
        apply(LIKES, changes)
    aws.fail("dynamodb.UpdateItem", None, times=0)
    apply(LIKES, changes)
    assert (count("p"), count("q")) == (1, 1)


def test_a_change_that_cannot_be_counted_does_not_stop_the_others(log: Log) -> None:
    def deltas(each: Change[Any]) -> dict[str, int]:
        if each.sequence == "2":
            raise KeyError(each)
        return {"like_count": 1}

    apply(Counter(Post, "like_seq", LIKES.target_key, deltas), [change(n) for n in range(1, 4)])
    assert count() == 2
    assert log.lines[0]["record"] == "r2"


def test_a_write_that_can_never_succeed_does_not_stop_the_others(aws: MemoryAws, log: Log) -> None:
    aws.fail("dynamodb.UpdateItem", "ValidationException", times=1)
    apply(LIKES, [change(1), change(2, post_id="q")])
    assert {count("p"), count("q")} == {0, 1}
    assert log.lines[0]["message"] == "uncounted changes"


def test_a_counter_that_never_comes_to_rest_is_a_transient_error(
    aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(LIKES, [change(5)])
    behind = {"like_seq": {"S": f"other:{0:040}:0"}}
    monkeypatch.setattr(aws.dynamo, "answer", _always_behind(aws, behind))
    with pytest.raises(TransientError):
        apply(LIKES, [change(6)])


def _always_behind(aws: MemoryAws, item: dict[str, Any]) -> Any:
    def answer(operation: str, request: dict[str, Any]) -> dict[str, Any]:
        raise Refused("ConditionalCheckFailedException", "failed", Item=item)

    return answer
