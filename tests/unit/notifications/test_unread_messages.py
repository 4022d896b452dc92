"""One entry per conversation with unread messages, gone once they are read, in any order."""

from typing import Any

import pytest

from chat.public import InboxRow
from notifications import on_event, on_message_received
from notifications.models import Notification
from notifications.visible_notifications import page_of
from shared.access.caller import Caller
from shared.clock import now
from shared.events.chat import ConversationRead, MessageReceived
from shared.events.envelopes import Envelope, Event
from shared.ids import first_id_at, new_id
from tests.support.accounts import a_user
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from users.models import Relationship, edge

AT = "2026-01-05T12:00:00.678Z"


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws) -> None:
    """AWS in memory."""


def received(reader: Caller, sender: Caller, **row: Any) -> MessageReceived:
    """The event, and the reader's row with its message unread."""
    event = MessageReceived(reader.user_id, new_id(), first_id_at(now()), sender.user_id)
    fields = {"folder": "inbox", "unread_count": 1, "unread_since": event.message_id, **row}
    InboxRow(reader.user_id, event.conversation_id, **fields).save()
    return event


def read(event: MessageReceived) -> ConversationRead:
    return ConversationRead(event.user_id, event.conversation_id, event.message_id, event.sender_id)


def consume(*events: Event) -> dict[str, Any]:
    is_read = isinstance(events[0], ConversationRead)
    app = on_event.app if is_read else on_message_received.app
    records = [
        {"messageId": str(number), "body": Envelope(new_id(), AT, None, event).to_json()}
        for number, event in enumerate(events)
    ]
    return app({"Records": records}, LambdaContext())


def listed(reader: Caller) -> list[Any]:
    return page_of(reader.user_id, 20, None).shapes


def test_the_entry_says_who_wrote_and_where() -> None:
    reader, sender = a_user(), a_user()
    event = received(reader, sender)
    assert consume(event, event) == {"batchItemFailures": []}
    consume(event)
    (shape,) = listed(reader)
    assert (shape["type"], shape["kind"]) == ("message.received", "MESSAGE")
    assert shape["message"] == f"{sender.username} sent you a message"
    assert (shape["entity_type"], shape["entity_id"]) == ("conversation", event.conversation_id)
    assert shape["metadata"] == {"conversation_id": event.conversation_id}
    assert shape["actor_id"] == sender.user_id


@pytest.mark.parametrize(
    "row",
    [
        {"unread_since": None, "unread_count": 0},
        {"unread_since": first_id_at(1)},
        {"is_muted": True},
        {"folder": "requests"},
        {"has_left": True},
    ],
    ids=["read", "read and written again", "muted", "requested", "left"],
)
def test_what_is_read_muted_or_left_in_the_meantime_makes_no_entry(row: dict[str, Any]) -> None:
    reader, sender = a_user(), a_user()
    consume(received(reader, sender, **row))
    assert list(Notification.query(reader.user_id)) == []


def test_no_row_makes_no_entry() -> None:
    reader, sender = a_user(), a_user()
    consume(MessageReceived(reader.user_id, new_id(), new_id(), sender.user_id))
    assert list(Notification.query(reader.user_id)) == []


@pytest.mark.parametrize("kind", ["blocks", "blocked_by"])
def test_a_block_prevents_the_entry(kind: Any) -> None:
    reader, sender = a_user(), a_user()
    event = received(reader, sender)
    Relationship(reader.user_id, edge(kind, sender.user_id), since=AT, updated_at=AT).save()
    consume(event)
    assert list(Notification.query(reader.user_id)) == []


def test_the_type_can_be_switched_off() -> None:
    reader, sender = a_user(muted_types=["message.received"]), a_user()
    consume(received(reader, sender))
    assert list(Notification.query(reader.user_id)) == []


def test_reading_withdraws_the_entry_also_if_its_event_comes_first_or_again() -> None:
    reader, sender = a_user(), a_user()
    for backwards in (False, True):
        event = received(reader, sender)
        steps = [event, read(event), event]
        for step in reversed(steps[:2]) if backwards else steps:
            consume(step)
        assert listed(reader) == []


def test_conversations_have_entries_of_their_own() -> None:
    reader, sender = a_user(), a_user()
    first, second = received(reader, sender), received(reader, sender)
    consume(first, second)
    consume(read(first))
    assert [shape["entity_id"] for shape in listed(reader)] == [second.conversation_id]
