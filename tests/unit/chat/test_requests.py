"""Requests: accepted once, declined for good, and found by nobody else."""

from typing import Any

import pytest

from chat import answer_message_request, list_conversations, list_messages
from chat.inbox_rows import accept_row
from chat.models import Conversation, InboxRow, Message
from chat.on_chat_changed import update_inboxes
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.changes import Change
from shared.errors import RequestNotFound
from tests.unit.chat.conftest import a_message, a_room, a_user, call, connect


def answer(caller: Caller, room: Conversation, accept: bool) -> tuple[int, Any]:
    route = "PUT /conversations/{conversation_id}/request"
    path = {"conversation_id": room.conversation_id}
    return call(answer_message_request.app, route, caller, path=path, body={"accept": accept})


def code(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["code"]


def listed(caller: Caller, folder: str) -> list[str]:
    route, query = "GET /conversations", {"folder": folder}
    _, body = call(list_conversations.app, route, caller, query=query)
    return [each["id"] for each in body["conversations"]]


def arrive(room: Conversation, sender: Caller, number: int) -> Message:
    message = a_message(room, sender)
    update_inboxes([Change(None, message, str(number), "", timestamp())])
    return message


def a_request(is_group: bool = False) -> tuple[Caller, Caller, Conversation]:
    one, other, third = a_user(), a_user(), a_user()
    people = (one, other, third) if is_group else (one, other)
    room = a_room(*people, folder="requests", is_group=is_group)
    arrive(room, one, 1)
    return one, other, room


@pytest.mark.parametrize("is_group", [False, True])
def test_accepting_moves_it_to_the_inbox_once(is_group: bool) -> None:
    one, other, room = a_request(is_group)
    room_id = room.conversation_id
    assert (listed(other, "requests"), listed(other, "inbox")) == ([room_id], [])
    status, body = answer(other, room, accept=True)
    assert (status, body["conversation_id"], body["folder"]) == (200, room_id, "inbox")
    assert (listed(other, "requests"), listed(other, "inbox")) == ([], [room_id])
    assert code(answer(other, room, accept=True)) == (404, "request_not_found")
    assert code(answer(other, room, accept=False)) == (404, "request_not_found")
    arrive(room, one, 2)
    assert listed(other, "inbox") == [room_id]


def test_of_two_that_answer_at_the_same_time_one_accepts() -> None:
    one, other, room = a_request()
    accept_row(room, other.user_id)
    for who in (one, other):
        with pytest.raises(RequestNotFound):
            accept_row(room, who.user_id)


def test_a_declined_one_is_gone_and_a_new_message_is_a_new_request() -> None:
    one, other, room = a_request()
    assert answer(other, room, accept=False)[1]["folder"] is None
    assert (listed(other, "requests"), listed(other, "inbox")) == ([], [])
    assert code(answer(other, room, accept=True)) == (404, "request_not_found")
    assert listed(one, "inbox") == [room.conversation_id]  # the sender sees no difference
    later = arrive(room, one, 2)
    assert (listed(other, "requests"), listed(other, "inbox")) == ([room.conversation_id], [])
    route = "GET /conversations/{conversation_id}/messages"
    path = {"conversation_id": room.conversation_id}
    _, body = call(list_messages.app, route, other, path=path)
    assert [each["id"] for each in body["messages"]] == [later.message_id]


def test_declining_a_group_is_leaving_it_quietly() -> None:
    one, other, room = a_request(is_group=True)
    assert answer(other, room, accept=False)[0] == 200
    present = Conversation.find(room.conversation_id)
    assert present
    assert not present.has(other.user_id)
    assert all(each.system is None for each in Message.query(room.conversation_id))
    arrive(present, one, 2)
    assert (listed(other, "requests"), listed(other, "inbox")) == ([], [])
    assert code(answer(other, room, accept=True)) == (404, "conversation_not_found")


def test_who_has_no_request() -> None:
    one, other, room = a_request()
    assert code(answer(one, room, accept=True)) == (404, "request_not_found")
    assert code(answer(a_user(), room, accept=True)) == (404, "conversation_not_found")
    empty = a_room(one, other, folder="requests")  # nothing was written, so it is not listed
    assert code(answer(other, empty, accept=True)) == (404, "request_not_found")
    connect(one, "blocks", other)
    connect(other, "blocked_by", one)
    assert code(answer(other, room, accept=True)) == (404, "conversation_not_found")


def test_a_group_can_be_answered_before_the_stream_has_listed_it() -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other, a_user(), folder="requests", is_group=True)
    assert answer(other, room, accept=True)[0] == 200
    row = InboxRow.find(other.user_id, room.conversation_id)
    assert row
    assert row.folder == "inbox"
