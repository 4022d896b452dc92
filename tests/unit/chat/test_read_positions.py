"""How far a member has read: never back, the unread count exact, and who is shown it."""

import random
from typing import Any

import pytest

from chat import get_conversation, mark_conversation_read, read_positions, ws_mark_read
from chat.event_log import replay
from chat.inbox import Arrival, count_messages
from chat.inbox_rows import hide_row
from chat.models import Conversation, InboxRow, Message
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.dynamodb.tables import query
from shared.ids import first_id_at, new_id
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.chat.conftest import (
    Frames,
    a_room,
    a_socket,
    a_user,
    call,
    connect,
    numbered,
    socket_event,
)

ROUTE = "POST /conversations/{conversation_id}/read"


def write(room: Conversation, sender: Caller) -> Arrival:
    """Store a message; return what the stream delivers."""
    message = Message(
        room.conversation_id,
        new_id(),
        sender_id=sender.user_id,
        sender_username=sender.username,
        content="Hello",
        created_at=timestamp(),
    )
    message.save()
    return Arrival(numbered(message.message_id), message.message_id, sender.user_id, timestamp())


def read(caller: Caller, conversation_id: str, **body: Any) -> tuple[int, Any]:
    return call(
        mark_conversation_read.app,
        ROUTE,
        caller,
        path={"conversation_id": conversation_id},
        body=body,
    )


def frame_of(caller: Caller, conversation_id: str, **body: Any) -> None:
    fields = {"action": "mark_read", "roomId": conversation_id, **body}
    ws_mark_read.app(socket_event("mark_read", caller=caller, body=fields), LambdaContext())


def test_the_position_never_moves_back_and_the_rest_is_unread() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    written = [write(room, sender) for sender in (one, one, other, one, one)]
    count_messages([(room, written)])
    first, second, _, fourth, fifth = (each.message_id for each in written)
    for given, position, unread in (
        ({"message_id": second}, second, 2),
        ({"message_id": first}, second, 2),
        ({"message_id": fourth}, fourth, 1),
        ({}, fifth, 0),
        ({"message_id": first}, fifth, 0),
    ):
        expected = {
            "conversation_id": room.conversation_id,
            "last_read_message_id": position,
            "unread_count": unread,
        }
        assert read(other, room.conversation_id, **given) == (200, expected)


@pytest.mark.parametrize("seed", range(10))
def test_reading_between_counts_is_exact(seed: int) -> None:
    chance = random.Random(seed)
    one, other = a_user(), a_user()
    room = a_room(one, other)
    written: list[Arrival] = []
    counted, position = 0, ""
    for _ in range(60):
        step = chance.choice(["write", "count", "read"])
        if step == "write":
            written.append(write(room, chance.choice([one, other])))
        elif step == "count":
            count_messages([(room, written[max(0, counted - 2) :])])
            counted = len(written)
        elif written:
            message_id = chance.choice(written).message_id
            position = max(position, message_id)
            assert read(other, room.conversation_id, message_id=message_id)[0] == 200
    count_messages([(room, written)])
    row = InboxRow.find(other.user_id, room.conversation_id)
    assert row
    unread = [each for each in written if each.message_id > position]
    assert row.unread_count == sum(each.sender_id == one.user_id for each in unread)


def test_a_very_long_stretch_is_counted_in_a_bounded_number_of_reads(
    monkeypatch: pytest.MonkeyPatch, aws: MemoryAws
) -> None:
    monkeypatch.setattr(read_positions, "_PAGE", 3)
    monkeypatch.setattr(read_positions, "_PAGES", 2)
    one, other = a_user(), a_user()
    room = a_room(one, other)
    written = [write(room, one) for _ in range(20)]
    later = write(room, one)
    count_messages([(room, written)])
    for number, unread in ((0, 6), (1, 6), (13, 6), (14, 5), (19, 0)):
        aws.calls.clear()
        message_id = written[number].message_id
        assert read(other, room.conversation_id, message_id=message_id)[1]["unread_count"] == unread
        assert aws.calls.count("dynamodb.Query") <= 2 + 1  # and one for blocks
    count_messages([(room, [later])])
    row = InboxRow.find(other.user_id, room.conversation_id)
    assert row
    assert row.unread_count == 1


def test_what_is_hidden_while_it_is_read_is_not_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    written = [write(room, one) for _ in range(3)]
    count_messages([(room, written)])

    def hide_and_query(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(read_positions, "query", query)
        hide_row(room, other.user_id)
        return query(*given, **more)

    monkeypatch.setattr(read_positions, "query", hide_and_query)
    message_id = written[0].message_id
    assert read(other, room.conversation_id, message_id=message_id)[1]["unread_count"] == 0
    row = InboxRow.find(other.user_id, room.conversation_id)
    assert row
    assert (row.unread_count, row.active_at) == (0, None)


def test_nothing_to_read() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    status, body = read(other, room.conversation_id)
    assert (status, body["last_read_message_id"], body["unread_count"]) == (200, None, 0)


def test_who_may_not_read() -> None:
    one, other = a_user(), a_user()
    room, elsewhere = a_room(one, other), a_room(one, other)
    away = write(elsewhere, one).message_id
    assert read(a_user(), room.conversation_id)[1]["code"] == "conversation_not_found"
    for message_id in (away, new_id()):
        status, body = read(other, room.conversation_id, message_id=message_id)
        assert (status, body["code"]) == (404, "message_not_found")
    connect(one, "blocks", other)
    assert read(one, room.conversation_id)[1]["code"] == "conversation_not_found"


@pytest.mark.parametrize(
    ("shows", "folder", "is_pushed"),
    [(True, "inbox", True), (False, "inbox", False), (True, "requests", False)],
)
def test_others_get_it_if_receipts_are_shown(
    frames: Frames, shows: bool, folder: str, is_pushed: bool
) -> None:
    one, other = a_user(), a_user(show_read_receipts=shows)
    room = a_room(one, other, folder=folder)
    message_id = write(room, one).message_id
    for user, name in ((one, "a"), (other, "socket"), (other, "phone")):
        a_socket(user, name)
    for _ in range(2):
        frame_of(other, room.conversation_id, request_id="mine")
    answer, repeated = frames("socket")
    assert answer["event"] == "message_read"
    assert answer["data"]["message_id"] == repeated["data"]["message_id"] == message_id
    assert answer["request_id"] == "mine"
    assert "id" in answer
    assert "id" not in repeated
    [copy] = frames("phone")
    assert copy["data"] == answer["data"]
    assert [each["data"] for each in frames("a")] == ([answer["data"]] if is_pushed else [])
    path = {"conversation_id": room.conversation_id}
    route = "GET /conversations/{conversation_id}"
    _, shape = call(get_conversation.app, route, one, path=path)
    positions = {each["id"]: each["last_read_message_id"] for each in shape["participants"]}
    assert positions[other.user_id] == (message_id if is_pushed else None)


def test_a_member_without_messages_is_answered_too(frames: Frames) -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    frame_of(other, room.conversation_id)
    [answer] = frames("socket")
    assert answer["data"]["message_id"] is None


def test_a_newcomer_gets_the_receipts_of_messages_since_they_joined_and_no_others(
    frames: Frames,
) -> None:
    reader, writer, newcomer = a_user(), a_user(), a_user()
    room = a_room(reader, writer, newcomer, is_group=True)
    past, fresh = write(room, writer), write(room, writer)
    room.members[2]["hidden_to"] = past.message_id
    room.save()
    a_socket(newcomer, "newcomer")
    begun = first_id_at(now() - 100)

    def position() -> str | None:
        path = {"conversation_id": room.conversation_id}
        route = "GET /conversations/{conversation_id}"
        _, shape = call(get_conversation.app, route, newcomer, path=path)
        positions = {each["id"]: each["last_read_message_id"] for each in shape["participants"]}
        return positions[reader.user_id]

    for message, seen in ((past, []), (fresh, [fresh.message_id])):
        assert read(reader, room.conversation_id, message_id=message.message_id)[0] == 200
        assert [each["data"]["message_id"] for each in frames("newcomer")] == seen
        page = replay(newcomer.user_id, begun, 200)
        assert [each.data["message_id"] for each in page.frames] == seen
        assert position() == (seen[0] if seen else None)
