"""Counters that are applied by several workers at the same time."""

import random
from concurrent.futures import ThreadPoolExecutor

from shared.dynamodb.changes import Change
from shared.dynamodb.counters import Counter, apply
from tests.support.models import Like, Post

LIKES = Counter(
    target=Post,
    sequence="like_seq",
    target_key=lambda change: change.item.post_id,
    deltas=lambda change: {"like_count": -1 if change.is_removed else 1},
)


def changes(post_id: str, count: int, seed: int = 0) -> list[Change[Like]]:
    """`count` likes and removals of likes, in the order of a stream."""
    dice = random.Random(seed)
    made = []
    for number in range(1, count + 1):
        like = Like(post_id, f"u{number}")
        old, new = (like, None) if dice.random() < 0.3 else (None, like)
        made.append(
            Change(old, new, f"{number * 7:021d}", f"r{number}", "2026-01-05T12:00:00.000Z")
        )
    return made


def count(post_id: str) -> int:
    found = Post.find(post_id, consistent=True)
    assert found is not None
    return found.like_count


def total(of: list[Change[Like]]) -> int:
    return sum(LIKES.deltas(change)["like_count"] for change in of)


def test_a_batch_that_is_delivered_many_times_at_once_is_counted_once(fresh: str) -> None:
    Post(fresh, author_id="a").create()
    made = changes(fresh, 40)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: apply(LIKES, made), range(16)))
    assert count(fresh) == total(made)


def test_overlapping_batches_are_exact(fresh: str) -> None:
    Post(fresh, author_id="a").create()
    made = changes(fresh, 120, seed=1)
    dice = random.Random(2)
    at = 0
    while at < len(made):
        start = max(0, at - dice.randrange(10))
        at = min(len(made), at + dice.randrange(1, 20))
        apply(LIKES, made[start:at])
    assert count(fresh) == total(made)


def test_an_item_that_is_gone_stays_gone(fresh: str) -> None:
    apply(LIKES, changes(fresh, 3))
    assert Post.find(fresh) is None


def test_another_write_of_the_item_is_kept(fresh: str) -> None:
    Post(fresh, author_id="a").create()
    apply(LIKES, changes(fresh, 5))
    Post(fresh).change(Post.author_id.set("b"), condition=Post.is_there())
    apply(LIKES, changes(fresh, 9))
    found = Post.find(fresh, consistent=True)
    assert found is not None
    assert (found.author_id, found.like_count) == ("b", total(changes(fresh, 9)))
