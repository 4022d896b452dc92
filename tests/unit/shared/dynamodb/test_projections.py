"""Entries that follow from a record: always those of the record, even with concurrent writers."""

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


def sync_to(tier: str | None) -> None:
    sync(stored, lambda: record(tier), entries)


def places(aws: MemoryAws) -> set[str]:
    return {item["prefix"]["S"] for item in aws.dynamo.items("hoshi-tag-search")}


def test_entries_are_created_changed_and_deleted_with_their_record(aws: MemoryAws) -> None:
    sync_to("ab")
    assert places(aws) == {"#snow", "all", "a", "b"}
    sync_to("bc")
    assert places(aws) == {"#snow", "all", "b", "c"}
    sync_to(None)
    assert places(aws) == set()


def test_what_has_not_changed_is_not_written(aws: MemoryAws) -> None:
    for tier in ("a", None):
        sync_to(tier)
        aws.calls.clear()
        sync_to(tier)
        assert "dynamodb.TransactWriteItems" not in aws.calls


@pytest.mark.parametrize("before", ["x", None])
@pytest.mark.parametrize("short_lived", ["m", None])
@pytest.mark.parametrize("after", ["x", "z", None])
def test_what_changes_between_reading_and_writing_ends_right(
    before: str | None, short_lived: str | None, after: str | None, aws: MemoryAws
) -> None:
    """A slow worker reads a short-lived state; a quick one finishes before the slow one writes."""
    sync_to(before)
    seen = [short_lived]

    def current() -> TagSearch | None:
        if not seen:
            return record(after)
        sync_to(after)
        return record(seen.pop())

    sync(stored, current, entries)
    expected = {"#snow", "all", *after} if after else set()
    assert places(aws) == expected


def test_it_gives_up_if_the_record_changes_all_the_time(aws: MemoryAws) -> None:
    turn = itertools.count()

    def current() -> TagSearch | None:
        sync_to("ab"[next(turn) % 2])
        return record("z")

    with pytest.raises(WriteConflict):
        sync(stored, current, entries)
    assert "z" not in places(aws)
