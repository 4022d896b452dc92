"""Merging lists of posts: newest first, each once, and only as far as every list is known."""

import random

from feeds.merge import merge
from posts.public import Part, PostCandidate


def posts(*post_ids: str) -> list[PostCandidate]:
    return [PostCandidate(post_id, "author") for post_id in post_ids]


def ids(part: Part) -> list[str]:
    return [each.post_id for each in part.candidates]


def test_newest_first_and_each_once() -> None:
    merged = merge([Part(posts("9", "5", "1"), None), Part(posts("7", "5"), None), Part([], None)])
    assert (ids(merged), merged.reach) == (["9", "7", "5", "1"], None)


def test_it_ends_where_the_first_list_ends() -> None:
    merged = merge([Part(posts("9", "8"), "8"), Part(posts("7", "1"), None), Part(posts("6"), "3")])
    assert (ids(merged), merged.reach) == (["9", "8"], "8")


def test_a_short_list_that_goes_on_holds_the_others_back() -> None:
    # Many of an author's posts were deleted: the query found nothing down to "5", and continues.
    merged = merge([Part([], "5"), Part(posts("9", "4"), None)])
    assert (ids(merged), merged.reach) == (["9"], "5")


def test_nothing() -> None:
    assert merge([]) == Part([], None)


def test_page_by_page_it_is_the_whole_without_repeats_or_gaps() -> None:
    chance = random.Random(7)
    everything = [f"{number:04}" for number in range(400)]
    lists = [sorted(chance.sample(everything, size), reverse=True) for size in (300, 5, 120, 0)]

    def read(before: str | None, count: int) -> list[Part]:
        parts = []
        for each in lists:
            older = [post_id for post_id in each if before is None or post_id < before]
            page = older[:count]
            parts.append(Part(posts(*page), page[-1] if len(older) > count else None))
        return parts

    for count in (1, 2, 7, 50, 500):
        found: list[str] = []
        before: str | None = None
        while True:
            part = merge(read(before, count))
            found += ids(part)
            before = part.reach
            if before is None:
                break
        assert found == sorted(set().union(*lists), reverse=True)
