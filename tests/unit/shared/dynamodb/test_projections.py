"""Entries that follow from a record: always those of the record, whoever else writes meanwhile."""

import itertools
from collections.abc import Iterator

import pytest

from hashtags.models import TagSearch
from shared.dynamodb.projections import sync
from shared.dynamodb.tables import WriteConflict
from tests.support.memory_aws import MemoryAws


def stored() -> TagSearch | None:
    return TagSearch.find("#snow", "record", consistent=True)


def record(tier: str | None) -> TagSearch | None:
    return TagSearch("#snow", "record", tier=tier) if tier else None


def entries(made: TagSearch) -> Iterator[TagSearch]:
    """One that stays, and one for each character of the tier."""
    yield TagSearch("all", "snow")
    for character in made.tier:
        yield TagSearch(character, "snow")


def settle(tier: str | None) -> None:
    sync(stored, lambda: record(tier), entries)


def places(aws: MemoryAws) -> set[str]:
    return {item["prefix"]["S"] for item in aws.dynamo.items("hoshi-tag-search")}


def test_entries_come_change_and_go_with_their_record(aws: MemoryAws) -> None:
    settle("ab")
    assert places(aws) == {"#snow", "all", "a", "b"}
    settle("bc")
    assert places(aws) == {"#snow", "all", "b", "c"}
    settle(None)
    assert places(aws) == set()


def test_what_is_in_step_is_not_written(aws: MemoryAws) -> None:
    for tier in ("a", None):
        settle(tier)
        aws.calls.clear()
        settle(tier)
        assert "dynamodb.TransactWriteItems" not in aws.calls


@pytest.mark.parametrize("before", ["x", None])
@pytest.mark.parametrize("meanwhile", ["m", None])
@pytest.mark.parametrize("after", ["x", "z", None])
def test_what_changes_between_reading_and_writing_ends_right(
    before: str | None, meanwhile: str | None, after: str | None, aws: MemoryAws
) -> None:
    """A slow worker sees what holds for a moment only; a quick one is through before it writes."""
    settle(before)
    seen = [meanwhile]

    def wanted() -> TagSearch | None:
        if not seen:
            return record(after)
        settle(after)
        return record(seen.pop())

    sync(stored, wanted, entries)
    expected = {"#snow", "all", *after} if after else set()
    assert places(aws) == expected


def test_it_gives_up_where_the_record_changes_all_the_time(aws: MemoryAws) -> None:
    turn = itertools.count()

    def wanted() -> TagSearch | None:
        settle("ab"[next(turn) % 2])
        return record("z")

    with pytest.raises(WriteConflict):
        sync(stored, wanted, entries)
    assert "z" not in places(aws)
