"""When a member's unread messages begin and end: two events, however many messages between."""

from collections.abc import Sequence

import pytest

from chat import leave_group
from chat.inbox import Arrival, count_messages
from chat.inbox_rows import hide_row
from chat.models import Conversation, InboxRow
from chat.on_chat_changed import reading_events
from chat.read_positions import mark_read
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.dynamodb.changes import Change
from shared.events.chat import ConversationRead, MessageReceived
from shared.ids import first_id_at, new_id
from tests.bench.costs.stage import passes, stream_consumers
from tests.unit.chat.conftest import a_room, a_user, call, connect, numbered
from tests.unit.chat.test_read_positions import write

LEAVE = "DELETE /conversations/{conversation_id}/leave"

type Published = list[tuple[str, str, str]]


class Inbox:
    """A member's row, and the events of its changes since the last look."""

    def __init__(self, room: Conversation, user: Caller) -> None:
        self._room, self._user = room, user
        self._seen = self._read()

    def _read(self) -> InboxRow | None:
        return InboxRow.find(self._user.user_id, self._room.conversation_id)

    def events(self, after: float = 60) -> Published:
        """What is published of the change since the last look, made so many seconds from now."""
        old, new = self._seen, self._read()
        self._seen = new
        if old is None and new is None:
            return []
        change = Change(old, new, "1", "", timestamp(now() + after))
        found = [event for _, event in reading_events(change)]
        assert all(each.user_id == self._user.user_id for each in found)
        return [(each.type, each.message_id, each.sender_id) for each in found]


def removal(of: Arrival, number: int) -> Arrival:
    return Arrival(numbered(number), of.message_id, of.sender_id, of.created_at, is_removed=True)


def in_order(*arrivals: Arrival) -> Sequence[Arrival]:
    return [
        Arrival(numbered(number), each.message_id, each.sender_id, each.created_at)
        for number, each in enumerate(arrivals, start=1)
    ]


def test_a_storm_of_messages_publishes_one_event_until_they_are_read() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    inbox, of_sender = Inbox(room, other), Inbox(room, one)
    arrivals = in_order(*(write(room, one) for _ in range(20)))
    first = arrivals[0].message_id
    found = []
    for arrival in arrivals:
        count_messages([(room, [arrival])])
        found += inbox.events()
    assert found == [("message.received", first, one.user_id)]
    assert of_sender.events() == []
    mark_read(other, room.conversation_id, arrivals[5].message_id)
    assert inbox.events() == []
    mark_read(other, room.conversation_id, None)
    assert inbox.events() == [("conversation.read", first, one.user_id)]
    again = Arrival(numbered(50), new_id(), one.user_id, timestamp())
    count_messages([(room, [again])])
    assert inbox.events() == [("message.received", again.message_id, one.user_id)]


def test_a_message_that_is_read_at_once_is_not_undone_since_it_is_not_announced() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    inbox = Inbox(room, other)
    count_messages([(room, in_order(write(room, one)))])
    inbox.events()
    mark_read(other, room.conversation_id, None)
    assert inbox.events(after=2) == []
    later = write(room, one)
    count_messages([(room, [Arrival(numbered(9), later.message_id, one.user_id, timestamp())])])
    inbox.events()
    mark_read(other, room.conversation_id, None)
    assert [kind for kind, *_ in inbox.events(after=3)] == ["conversation.read"]


@pytest.mark.parametrize("given", [{"is_muted": True}, {"folder": "requests"}])
def test_muted_conversations_and_requests_are_not_announced(given: dict[str, str | bool]) -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    InboxRow(other.user_id, room.conversation_id, **{"folder": "inbox", **given}).save()
    inbox = Inbox(room, other)
    count_messages([(room, in_order(write(room, one)))])
    assert inbox.events() == []
    if "folder" in given:  # so there is nothing to undo
        mark_read(other, room.conversation_id, None)
        assert inbox.events() == []


def test_the_sender_may_not_be_blocked_in_the_group() -> None:
    one, other, third = a_user(), a_user(), a_user()
    room = a_room(one, other, third, is_group=True)
    connect(other, "blocks", one)
    connect(one, "blocked_by", other)
    inbox = Inbox(room, other)
    first, second = in_order(write(room, one), write(room, third))
    count_messages([(room, [first])])
    assert inbox.events() == []
    count_messages([(room, [second])])
    assert inbox.events() == [("message.received", second.message_id, third.user_id)]


def test_hiding_and_leaving_end_what_is_unread() -> None:
    one, other = a_user(), a_user()
    for end in ("hide", "leave"):
        room = a_room(one, other, is_group=True)
        inbox = Inbox(room, other)
        (arrival,) = in_order(write(room, one))
        count_messages([(room, [arrival])])
        inbox.events()
        if end == "hide":
            hide_row(room, other.user_id)
        else:
            call(leave_group.app, LEAVE, other, path={"conversation_id": room.conversation_id})
        assert inbox.events() == [("conversation.read", arrival.message_id, one.user_id)]


def test_unsending_all_that_is_unread_ends_it() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    inbox = Inbox(room, other)
    first, second = in_order(write(room, one), write(room, one))
    count_messages([(room, [first, second])])
    inbox.events()
    count_messages([(room, [removal(first, 3)])])
    assert inbox.events() == []
    count_messages([(room, [removal(second, 4)])])
    assert inbox.events() == [("conversation.read", first.message_id, one.user_id)]


def test_a_row_that_counted_before_rows_said_since_when_is_announced_with_the_next() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    InboxRow(
        other.user_id,
        room.conversation_id,
        folder="inbox",
        unread_count=3,
        counted_seq=f"{1:040}",
        last_message_id=first_id_at(now() - 60),
    ).save()
    inbox = Inbox(room, other)
    (arrival,) = [Arrival(numbered(2), new_id(), one.user_id, timestamp())]
    count_messages([(room, [arrival])])
    assert inbox.events() == [("message.received", arrival.message_id, one.user_id)]


def test_the_events_name_the_member_and_come_from_the_sender_and_the_reader() -> None:
    old = InboxRow("R", "C", folder="inbox", unread_since=new_id(), unread_from="S")
    new = InboxRow("R", "C", folder="inbox")
    at = timestamp(now() + 60)
    ids = ("R", "C", old.unread_since, "S")
    assert list(reading_events(Change(None, old, "1", "", at))) == [("S", MessageReceived(*ids))]
    assert list(reading_events(Change(old, new, "1", "", at))) == [("R", ConversationRead(*ids))]


def test_lambda_is_invoked_with_every_change_that_publishes_an_event() -> None:
    [patterns] = [
        patterns
        for function, table, patterns in stream_consumers()
        if (function, table) == ("chat/on_chat_changed", "inbox")
    ]
    unread = InboxRow("R", "C", folder="inbox", unread_since=new_id(), unread_from="S").serialize()
    read = InboxRow("R", "C", folder="inbox").serialize()
    for old, new, is_passed in (
        (None, unread, True),
        (read, unread, True),
        (unread, read, True),
        (unread, None, True),
        (None, read, False),
        (read, read, False),
    ):
        images = {"OldImage": old, "NewImage": new}
        record = {"dynamodb": {name: image for name, image in images.items() if image}}
        assert passes(record, patterns) is is_passed
