"""A member's row is rebuilt from the messages, beside a stream that still delivers them."""

from typing import Any

from chat.inbox import Arrival, count_messages
from chat.inbox_rebuild import QUIET, rebuild_row
from chat.models import Conversation, InboxRow, Message
from shared.access.caller import Caller
from shared.clock import now, stop_at, timestamp
from shared.dynamodb.changes import Change
from tests.unit.chat.conftest import a_message, a_room, a_user


def row_of(room: Conversation, user: Caller) -> dict[str, Any] | None:
    row = InboxRow.find(user.user_id, room.conversation_id)
    names = ("folder", "last_message_id", "active_at", "unread_count", "unread_since")
    return {name: getattr(row, name) for name in (*names, "unread_from")} if row else None


def deliver(room: Conversation, *messages: Message, first: int = 1) -> None:
    """The stream delivers messages, which were written when they say."""
    arrivals = [
        Arrival(
            Change(None, each, str(number), "", each.created_at, "2026-01-01", "shard"),
            each.message_id,
            each.sender_id,
            each.created_at,
        )
        for number, each in enumerate(messages, first)
    ]
    count_messages([(room, arrivals)])


def later(seconds: float) -> Any:
    return stop_at(now() + seconds)


def test_a_lost_row_is_as_it_was() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    deliver(room, *(a_message(room, one) for _ in range(3)))
    before = {user.user_id: row_of(room, user) for user in (one, other)}
    assert before[other.user_id]["unread_count"] == 3  # type: ignore[index]
    for user in (one, other):
        InboxRow(user.user_id, room.conversation_id).delete()
    with later(60):
        for _ in range(2):
            for user in (one, other):
                assert rebuild_row(room, user.user_id)
    assert {user.user_id: row_of(room, user) for user in (one, other)} == before


def test_what_only_the_row_knows_stays() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    first, second, third = (a_message(room, one) for _ in range(3))
    deliver(room, first, second, third)
    row = InboxRow.get(other.user_id, room.conversation_id)
    row.update(
        actions=[
            InboxRow.last_read_message_id.set(second.message_id),
            InboxRow.is_muted.set(True),
            InboxRow.unread_count.set(77),
            InboxRow.last_message_id.remove(),
        ]
    )
    with later(60):
        assert rebuild_row(room, other.user_id)
    row = InboxRow.get(other.user_id, room.conversation_id)
    assert (row.unread_count, row.last_message_id) == (1, third.message_id)
    assert (row.last_read_message_id, row.is_muted) == (second.message_id, True)


def test_what_the_stream_still_has_to_deliver_counts_once() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    late = a_message(room, one)
    with later(60):
        assert rebuild_row(room, other.user_id)
        deliver(room, late)
        assert row_of(room, other)["unread_count"] == 1  # type: ignore[index]
        new = a_message(room, one)
        deliver(room, new, first=2)
        found = row_of(room, other)
    assert found and (found["unread_count"], found["last_message_id"]) == (2, new.message_id)


def test_a_conversation_in_use_is_left_to_its_stream() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    message = a_message(room, one)
    with later(QUIET / 2):
        assert not rebuild_row(room, other.user_id)
        deliver(room, message)
    assert row_of(room, other)["unread_count"] == 1  # type: ignore[index]


def test_who_left_stays_out() -> None:
    one, other, gone = a_user(), a_user(), a_user()
    room = a_room(one, other, gone, is_group=True)
    a_message(room, one)
    InboxRow(gone.user_id, room.conversation_id, folder="inbox", has_left=True).save()
    with later(60):
        rebuild_row(room, gone.user_id)
    row = InboxRow.get(gone.user_id, room.conversation_id)
    assert (row.active_at, row.unread_count) == (None, 0)


def test_a_group_without_messages_is_listed_and_a_one_to_one_is_not() -> None:
    one, other, third = a_user(), a_user(), a_user()
    group, pair = a_room(one, other, third, is_group=True), a_room(one, other)
    with later(60):
        for room in (group, pair):
            rebuild_row(room, other.user_id)
    assert row_of(group, other) is not None
    assert row_of(pair, other) is None
    assert timestamp() >= group.created_at
