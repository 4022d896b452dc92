"""An unsent message is gone for all, and nothing that follows from it is left wrong."""

import random
from typing import Any

import pytest

from chat import unsend_message, ws_unsend
from chat.event_log import replay
from chat.models import InboxRow, Message, SentMessage, sent_id
from chat.on_chat_changed import update_inboxes
from shared.access.caller import Caller
from shared.clock import now, stop_at
from shared.dynamodb.changes import Change
from shared.ids import first_id_at, new_id
from tests.support.gateway import LambdaContext
from tests.unit.chat.conftest import (
    Frames,
    a_message,
    a_room,
    a_socket,
    a_user,
    call,
    connect,
    created,
    logged,
    removed,
    socket_event,
)
from tests.unit.conftest import NOON
from users.models import Relationship, User, edge


def unsend(caller: Caller, message_id: str) -> tuple[int, Any]:
    route = "DELETE /messages/{message_id}"
    return call(unsend_message.app, route, caller, path={"message_id": message_id})


def test_the_sender_alone_may_unsend() -> None:
    one, other, outsider = a_user(), a_user(), a_user()
    room = a_room(one, other)
    message = a_message(room, one, client_message_id="m")
    marker = sent_id(room.conversation_id, one.user_id, "m")
    SentMessage(marker, message_id=message.message_id).save()
    for caller, code in ((outsider, "message_not_found"), (other, "not_owner")):
        assert unsend(caller, message.message_id)[1]["code"] == code
    expected = {"message": "Message unsent", "message_id": message.message_id}
    assert unsend(one, message.message_id) == (200, expected)
    assert Message.find(room.conversation_id, message.message_id) is None
    assert SentMessage.find(marker) is None
    assert unsend(one, message.message_id)[1]["code"] == "message_not_found"
    assert unsend(one, new_id())[1]["code"] == "message_not_found"


def test_the_marker_of_a_later_message_stays() -> None:
    """A `client_message_id` may be used again after a day."""
    one, other = a_user(), a_user()
    room = a_room(one, other)
    first, second = (a_message(room, one, client_message_id="m") for _ in range(2))
    marker = sent_id(room.conversation_id, one.user_id, "m")
    SentMessage(marker, message_id=second.message_id, expires_at=int(NOON) + 60).save()
    assert unsend(one, first.message_id)[0] == 200
    assert SentMessage.get(marker).message_id == second.message_id
    assert unsend(one, second.message_id)[0] == 200
    assert SentMessage.find(marker) is None


def test_a_marker_that_expires_meanwhile_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    message = a_message(room, one, client_message_id="m")
    marker = SentMessage(
        sent_id(room.conversation_id, one.user_id, "m"), message_id=message.message_id
    )
    marker.save()
    find = SentMessage.find

    def find_and_delete(*key: str, **given: Any) -> Any:
        found = find(*key, **given)
        marker.delete()
        return found

    monkeypatch.setattr(SentMessage, "find", find_and_delete)
    assert unsend(one, message.message_id)[0] == 200


def test_the_window(settings: pytest.MonkeyPatch) -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    first, second = a_message(room, one), a_message(room, one)
    settings.setenv("UNSEND_WINDOW_SECONDS", "60")
    with stop_at(NOON + 60):
        assert unsend(one, first.message_id)[0] == 200
    with stop_at(NOON + 61):
        status, body = unsend(one, second.message_id)
    assert (status, body["code"]) == (403, "unsend_window_passed")
    settings.setenv("UNSEND_WINDOW_SECONDS", "0")
    with stop_at(NOON + 10**7):
        assert unsend(one, second.message_id)[0] == 200


def test_a_reply_keeps_its_place() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    message = a_message(room, one)
    reply = a_message(room, other, reply_to_message_id=message.message_id)
    unsend(one, message.message_id)
    [left] = Message.query(room.conversation_id)
    assert (left.message_id, left.reply_to_message_id) == (reply.message_id, message.message_id)


def test_the_frame_and_the_log(frames: Frames) -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    message = a_message(room, one)
    for user, name in ((one, "socket"), (other, "b")):
        a_socket(user, name)
    update_inboxes([created(message)])
    frame = {"action": "unsend", "message_id": message.message_id}
    event = socket_event("unsend", caller=one, body=frame)
    assert ws_unsend.app(event, LambdaContext()) == {"statusCode": 200}
    answer, pushed = frames("socket")[-1], frames("b")[-1]
    assert answer == pushed
    assert pushed["event"] == "message_deleted"
    assert pushed["data"]["message_id"] == message.message_id
    assert pushed["data"]["deleted_by"] == one.user_id
    update_inboxes([removed(message, 2)])
    for member in (one, other):
        assert ("message_deleted", pushed["id"]) in logged(member)
        [replayed] = replay(member.user_id, first_id_at(now() - 1), 10).frames
        assert (replayed.id, replayed.data) == (pushed["id"], pushed["data"])


def test_what_an_erasure_removes_is_not_reported() -> None:
    one, other = a_user(), a_user()
    message = a_message(a_room(one, other), one)
    User(one.user_id).delete()
    update_inboxes([removed(message)])
    assert logged(other) == []


def test_the_last_message_and_the_unread_count() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    first, second = a_message(room, one), a_message(room, one)
    changes = [created(first, 1), created(second, 2)]
    update_inboxes(changes)
    for number, (message, last, unread) in enumerate([(second, first, 1), (first, None, 0)], 3):
        unsend(one, message.message_id)
        changes.append(removed(message, number))
        for _ in range(2):  # a replay
            update_inboxes(changes)
        row = InboxRow.find(other.user_id, room.conversation_id)
        assert row
        assert row.last_message_id == (last.message_id if last else None)
        assert row.unread_count == unread


def test_what_was_never_counted_is_not_taken_back() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other, is_group=True)
    connect(other, "blocks", one)
    connect(one, "blocked_by", other)
    message = a_message(room, one)
    update_inboxes([created(message, 1)])
    Relationship(other.user_id, edge("blocks", one.user_id)).delete()
    Relationship(one.user_id, edge("blocked_by", other.user_id)).delete()
    unsend(one, message.message_id)
    update_inboxes([removed(message, 2)])
    row = InboxRow.find(other.user_id, room.conversation_id)
    assert row
    assert row.unread_count == 0


@pytest.mark.parametrize("seed", range(10))
def test_any_order_of_sending_reading_and_unsending(seed: int) -> None:
    chance = random.Random(seed)
    one, other = a_user(), a_user()
    room = a_room(one, other)
    there: list[Message] = []
    changes: list[Change[Message]] = []
    read, counted = "", 0
    for number in range(1, 60):
        step = chance.choice(["send", "send", "unsend", "count", "read" if number < 20 else "send"])
        if step == "send":
            there.append(a_message(room, chance.choice([one, other])))
            changes.append(created(there[-1], number))
        elif step == "unsend" and there:
            message = there.pop(chance.randrange(len(there)))
            message.delete()
            changes.append(removed(message, number))
        elif step == "read" and there:
            read = max(read, there[-1].message_id)
            row = InboxRow(other.user_id, room.conversation_id, folder="inbox")
            row.update(
                actions=[InboxRow.last_read_message_id.set(read), InboxRow.unread_count.set(0)]
            )
            continue
        if changes and (step in ("count", "unsend") or chance.random() < 0.5):
            update_inboxes(changes[chance.randrange(counted + 1) :])
            counted = len(changes)
    update_inboxes(changes)
    row = InboxRow.find(other.user_id, room.conversation_id)
    expected = sum(each.sender_id == one.user_id and each.message_id > read for each in there)
    assert (row.unread_count if row else 0) == expected
