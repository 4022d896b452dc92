"""Entries are written once, in any order of the events, and an invalid one fails alone."""

import itertools

import pytest

from notifications.bulk_write import write_entries
from notifications.event_mapping import entries_of
from notifications.models import Notification
from shared.events.envelopes import Event
from shared.events.posts import PostLiked, PostUnliked
from tests.support.memory_aws import MemoryAws

AT = "2026-01-05T12:00:00.678Z"


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws) -> None:
    """AWS in memory."""


def liked(post_id: str = "P") -> PostLiked:
    return PostLiked(post_id, "A", "L", "liker", AT)


def unliked(post_id: str = "P") -> PostUnliked:
    return PostUnliked(post_id, "A", "L", AT)


def entries(*events: Event) -> list[Notification]:
    return [entry for event in events for entry in entries_of(event)]


def unread() -> list[str]:
    return sorted(str(each.entity_id) for each in Notification.query("A") if each.is_unread)


@pytest.mark.parametrize("order", set(itertools.permutations([liked(), liked(), unliked()])))
@pytest.mark.parametrize("together", [True, False])
def test_an_undone_fact_stays_undone_in_any_order_of_the_events(
    order: tuple[Event, ...], together: bool
) -> None:
    batches = [order] if together else [(event,) for event in order]
    for batch in batches:
        assert write_entries(entries(*batch)) == []
    assert unread() == []


def test_an_entry_that_exists_is_not_changed() -> None:
    write_entries(entries(liked("1")))
    [entry] = Notification.query("A")
    entry.update(actions=[Notification.read_at.set(AT)])
    assert write_entries(entries(liked("1"), liked("2"))) == []
    assert unread() == ["2"]


def test_more_than_a_transaction_holds(aws: MemoryAws) -> None:
    assert write_entries(entries(*(liked(f"{number:03}") for number in range(130)))) == []
    assert len(unread()) == 130
    assert aws.calls.count("dynamodb.TransactWriteItems") == 2


def test_if_the_table_does_not_answer_all_entries_are_refused(
    aws: MemoryAws,
) -> None:
    aws.fail("dynamodb.TransactWriteItems", "InternalServerError", status=500)
    written = entries(liked("1"), liked("2"), liked("2"))
    refused = write_entries(written)
    assert sorted(map(id, refused)) == sorted(map(id, written))


def test_an_invalid_entry_is_refused_alone() -> None:
    good, bad = entries(liked("1"), liked("2"))
    bad.entity_id = ""
    bad.user_id = ""  # an empty key, which DynamoDB refuses
    assert write_entries([good, bad]) == [bad]
    assert unread() == ["1"]


def test_what_is_written_by_hand_is_what_the_model_reads() -> None:
    [entry] = entries(liked())
    write_entries([entry])
    [found] = Notification.query("A")
    stored = {name: value for name, value in entry.attribute_values.items() if value is not None}
    assert found.attribute_values == stored
