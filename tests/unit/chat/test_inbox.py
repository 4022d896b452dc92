"""Members' rows match the messages exactly, however often the stream delivers them."""

import random
from dataclasses import replace
from typing import Any

import pytest

from chat.inbox import Arrival, count_messages
from chat.inbox_rows import ensure_row, ensure_rows
from chat.models import Conversation, InboxRow
from shared.access.caller import Caller
from shared.clock import now, timestamp
from tests.support.memory_aws import MemoryAws
from tests.unit.chat.conftest import a_message, a_room, a_user, numbered


def arrival(number: int, sender: Caller) -> Arrival:
    return Arrival(numbered(number), f"{number:026}", sender.user_id, timestamp(number))


def row_of(room: Conversation, user: Caller) -> InboxRow:
    row = InboxRow.find(user.user_id, room.conversation_id)
    assert row
    return row


def test_a_message_is_unread_for_all_but_its_sender() -> None:
    one, other, third = a_user(), a_user(), a_user()
    room = a_room(one, other, third, is_group=True)
    count_messages([(room, [arrival(1, one), arrival(2, other)])])
    assert [row_of(room, user).unread_count for user in (one, other, third)] == [1, 1, 2]
    row = row_of(room, third)
    assert (row.last_message_id, row.active_at) == (f"{2:026}", timestamp(2))


@pytest.mark.parametrize("seed", range(20))
def test_replays_and_overlaps_count_once(seed: int) -> None:
    chance = random.Random(seed)
    one, other = a_user(), a_user()
    room = a_room(one, other)
    messages = [arrival(number, chance.choice([one, other])) for number in range(1, 31)]
    end = 0
    while end < len(messages):
        start = chance.randrange(0, end + 1)
        end = min(len(messages), max(end, start + chance.randrange(1, 8)))
        count_messages([(room, messages[start:end])])
    for user in (one, other):
        expected = sum(each.sender_id != user.user_id for each in messages)
        assert row_of(room, user).unread_count == expected
        assert row_of(room, user).last_message_id == messages[-1].message_id


def test_a_message_read_before_the_stream_delivered_it_is_not_unread() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    ensure_rows(room)
    row = row_of(room, other)
    row.update(actions=[InboxRow.last_read_message_id.set(f"{2:026}")])
    count_messages([(room, [arrival(number, one) for number in (1, 2, 3)])])
    assert row_of(room, other).unread_count == 1


def test_replying_accepts_a_request() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other, folder="requests")
    count_messages([(room, [arrival(1, one)])])
    assert row_of(room, other).folder == "requests"
    count_messages([(room, [arrival(2, other)])])
    assert row_of(room, other).folder == "inbox"
    count_messages([(room, [arrival(3, one)])])
    assert row_of(room, other).folder == "inbox"


@pytest.mark.parametrize("messages_first", [True, False])
def test_a_row_that_exists_is_not_created_again(messages_first: bool) -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other, folder="requests")
    steps: list[Any] = [
        lambda: count_messages([(room, [arrival(1, one)])]),
        lambda: ensure_rows(room),
    ]
    for step in steps if messages_first else reversed(steps):
        step()
    row = row_of(room, other)
    assert (row.unread_count, row.last_message_id) == (1, f"{1:026}")
    assert (row.folder, row.active_at) == ("requests", timestamp(1))
    assert ensure_row(room, other.user_id, "inbox").folder == "requests"


def test_a_restored_table_of_messages_is_counted_on() -> None:
    """Its stream is another one, whose numbers begin low."""
    one, other = a_user(), a_user()
    room = a_room(one, other)
    before = [arrival(number, one) for number in (901, 902)]
    after = [arrival(number, one) for number in (903, 904)]
    after = [
        replace(each, change=replace(each.change, sequence=str(number), stream="2027-01-01"))
        for number, each in enumerate(after, start=1)
    ]
    for batch in (before, after, before, after):
        count_messages([(room, batch)])
    assert row_of(room, other).unread_count == 4


def test_two_shards_of_one_conversation_hide_nothing_from_each_other() -> None:
    chance = random.Random(3)
    one, other = a_user(), a_user()
    room = a_room(one, other)
    shards: dict[str, list[Arrival]] = {"a": [], "b": []}
    for number in range(1, 61):
        shard = chance.choice("ab")
        each = arrival(number, one)
        shards[shard].append(replace(each, change=replace(each.change, shard=shard)))
    for start in range(0, 60, 5):
        for shard in chance.sample("ab", 2):
            count_messages([(room, shards[shard][max(0, start - 2) : start + 5])])
    assert row_of(room, other).unread_count == 60


def test_lost_messages_that_are_replayed_count() -> None:
    """The row has counted newer ones, and cannot know which of the older ones it has."""
    one, other = a_user(), a_user()
    room = a_room(one, other)
    ensure_rows(room)
    written = [a_message(room, one) for _ in range(5)]
    early = timestamp(now() - 3600)
    arrivals = [
        Arrival(
            replace(numbered(number), occurred_at=timestamp() if number > 3 else early),
            each.message_id,
            one.user_id,
            each.created_at,
        )
        for number, each in enumerate(written)
    ]
    count_messages([(room, arrivals[:2])])
    count_messages([(room, arrivals[4:])])
    assert row_of(room, other).unread_count == 3
    for _ in range(2):
        count_messages([(room, arrivals[2:4])])
        assert row_of(room, other).unread_count == 5
    assert row_of(room, one).unread_count == 0


def test_a_batch_that_is_delivered_again_at_once_reads_nothing(aws: MemoryAws) -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    count_messages([(room, [arrival(1, one), arrival(2, one)])])
    aws.calls.clear()
    count_messages([(room, [arrival(1, one), arrival(2, one)])])
    assert aws.calls == ["dynamodb.UpdateItem"] * 2


def test_a_row_of_the_earlier_version_is_counted_on() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    count_messages([(room, [arrival(1, one), arrival(2, one)])])
    row_of(room, other).update(actions=[InboxRow.counted_seq.set(f"{2:040}")])
    for _ in range(2):
        count_messages([(room, [arrival(number, one) for number in (1, 2, 3)])])
    assert row_of(room, other).unread_count == 3
