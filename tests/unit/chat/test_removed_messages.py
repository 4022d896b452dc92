"""A message that an administrator removes is gone for all, and comes back into its place."""

from typing import Any

from chat import (
    get_conversation,
    list_messages,
    mark_conversation_read,
    react_to_message,
    send_message,
    unsend_message,
)
from chat.event_log import replay
from chat.message_removal import push_removal, remove_message, return_message
from chat.models import Conversation, InboxRow, Message
from chat.on_chat_changed import message_events, update_inboxes
from shared.access.caller import Caller
from shared.clock import now, stop_at
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import transaction
from shared.events.chat import MessageDeleted
from shared.ids import first_id_at
from shared.lifecycle.purging import KEPT_REMOVED
from tests.unit.chat.conftest import (
    Frames,
    a_message,
    a_room,
    a_socket,
    a_user,
    call,
    created,
)


def find(message: Message) -> Message:
    return Message.get(message.conversation_id, message.message_id)


def remove(message: Message, number: int) -> Change[Message]:
    """Remove the message; the record of that."""
    with transaction() as write:
        remove_message(write, message, "admin")
    return Change(message, find(message), str(number), "", message.created_at)


def restore(message: Message, number: int) -> Change[Message]:
    before = find(message)
    with transaction() as write:
        return_message(write, before)
    return Change(before, find(message), str(number), "", message.created_at)


def listed(room: Conversation, who: Caller) -> list[str]:
    route, path = (
        "GET /conversations/{conversation_id}/messages",
        {"conversation_id": room.conversation_id},
    )
    return [each["id"] for each in call(list_messages.app, route, who, path=path)[1]["messages"]]


def row_of(room: Conversation, who: Caller) -> tuple[int, str | None, str | None]:
    row = InboxRow.get(who.user_id, room.conversation_id)
    return row.unread_count, row.last_message_id, row.unread_since


def test_it_is_on_no_route_while_it_is_removed() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    first, message = (a_message(room, one) for _ in range(2))
    update_inboxes([created(first, 1), created(message, 2)])
    path, route = {"message_id": message.message_id}, "/messages/{message_id}"
    remove(message, 3)
    by_room = {"conversation_id": room.conversation_id}
    for who in (one, other):
        assert listed(room, who) == [first.message_id]
        shown = call(
            get_conversation.app, "GET /conversations/{conversation_id}", who, path=by_room
        )[1]
        assert shown["last_message"] is None  # until the stream has found the one before
        body: dict[str, Any] = {"emoji": "👍"}
        reacted = call(react_to_message.app, f"PUT {route}/reaction", who, path=path, body=body)
        assert reacted[0] == 404
        body = {"message_id": message.message_id}
        read = "POST /conversations/{conversation_id}/read"
        assert call(mark_conversation_read.app, read, who, path=by_room, body=body)[0] == 404
        body = {"content": "x", "reply_to_message_id": message.message_id}
        send = "POST /conversations/{conversation_id}/messages"
        assert call(send_message.app, send, who, path=by_room, body=body)[0] == 404
        assert call(unsend_message.app, f"DELETE {route}", who, path=path)[0] == 404
    assert abs(find(message).expires_at - now() - KEPT_REMOVED) < 60


def test_the_rows_are_as_they_were_when_it_is_back() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    first, message = (a_message(room, one) for _ in range(2))
    update_inboxes([created(first, 1), created(message, 2)])
    before = row_of(room, other)
    assert before == (2, message.message_id, first.message_id)
    gone = remove(message, 3)
    for _ in range(2):
        update_inboxes([gone])
    assert row_of(room, other) == (1, first.message_id, first.message_id)
    back = restore(message, 4)
    for _ in range(2):
        update_inboxes([back])
    assert row_of(room, other) == before
    assert listed(room, other) == [message.message_id, first.message_id]


def test_the_last_message_is_the_one_before_many_that_were_removed() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    first, *others = [a_message(room, one) for _ in range(10)]
    update_inboxes([created(each, number) for number, each in enumerate([first, *others])])
    removed = [remove(each, 20 + number) for number, each in enumerate(others)]
    for change in removed:
        update_inboxes([change])
    assert row_of(room, other) == (1, first.message_id, first.message_id)


def test_members_are_pushed_that_it_is_back_and_a_sync_agrees(frames: Frames) -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    message = a_message(room, one)
    update_inboxes([created(message, 1)])
    socket = a_socket(other, "other=")
    update_inboxes([remove(message, 2)])
    assert [each["event"] for each in synced(other)] == ["message_deleted"]
    update_inboxes([restore(message, 3)])
    [frame] = [each for each in frames(socket) if each["event"] == "new_message"]
    assert frame["data"]["id"] == message.message_id
    assert frame["id"] != message.message_id  # which the client has seen, and would drop
    assert {each["event"] for each in synced(other)} == {"new_message"}


def test_no_frame_repeats_the_id_of_another_however_often_it_goes(frames: Frames) -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other)
    message = a_message(room, one)
    update_inboxes([created(message, 1)])
    socket = a_socket(other, "other=")
    for number in (2, 4):
        push_removal(room, find(message))
        with stop_at(now() + number):
            update_inboxes([remove(find(message), number), restore(message, number + 1)])
    path = {"message_id": message.message_id}
    assert call(unsend_message.app, "DELETE /messages/{message_id}", one, path=path)[0] == 200
    ids = [each["id"] for each in frames(socket)]
    assert len(set(ids)) == len(ids) == 5


def synced(user: Caller) -> list[dict[str, Any]]:
    """The frames that a sync replays."""
    replayed = replay(user.user_id, first_id_at(now() - 1), 100)
    return [{"event": each.event} for each in replayed.frames]


def test_its_upload_is_released_when_it_is_kept_no_more() -> None:
    one, other = a_user(), a_user()
    message = a_message(a_room(one, other), one, media={"upload_id": "upload"})
    [(_, hidden)] = message_events(remove(message, 1))
    assert isinstance(hidden, MessageDeleted)
    assert hidden.upload_ids == []
    removed = find(message)
    [(_, gone)] = message_events(Change(removed, None, "2", "", message.created_at))
    assert isinstance(gone, MessageDeleted)
    assert gone.upload_ids == ["upload"]
    assert list(message_events(restore(message, 3))) == []
    update_inboxes([Change(removed, None, "4", "", message.created_at)])  # nothing to take back
