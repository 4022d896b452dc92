"""Groups on real tables, where parallel transactions conflict."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chat import (
    add_participant,
    answer_message_request,
    create_group,
    get_conversation,
    leave_group,
    list_conversations,
    list_messages,
    on_chat_changed,
)
from chat.models import Conversation, InboxRow, Message
from shared.access.caller import Caller
from tests.integration.posts.world import a_user, call, stream_records
from tests.support.gateway import LambdaContext

ROOM = "/conversations/{conversation_id}"

pytestmark = pytest.mark.usefixtures("foundation")


def start(caller: Caller, *others: Caller) -> str:
    body = {"participant_ids": [each.user_id for each in others], "group_name": "Weekend"}
    status, shape = call(create_group.app, "POST /conversations/group", caller, body=body)
    assert status == 201, shape
    return str(shape["id"])


def in_room(
    app: Any, method: str, room_id: str, caller: Caller, more: str = "", **given: Any
) -> Any:
    path = {"conversation_id": room_id}
    return call(app, f"{method} {ROOM}{more}", caller, path=path, **given)


def add(caller: Caller, room_id: str, person: Caller) -> str:
    """What becomes of it: `added`, or the code of the error."""
    body = {"user_id": person.user_id}
    status, answer = in_room(
        add_participant.app, "POST", room_id, caller, "/participants", body=body
    )
    return "added" if status == 200 else str(answer["code"])


def deliver_stream(room_id: str) -> None:
    for table in ("conversations", "messages"):
        records = stream_records(table, room_id)
        if records:
            on_chat_changed.app({"Records": records}, LambdaContext())


def listed(caller: Caller, folder: str) -> list[str]:
    query = {"folder": folder}
    _, body = call(list_conversations.app, "GET /conversations", caller, query=query)
    return [each["id"] for each in body["conversations"]]


def test_thirty_at_once_fill_a_group_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_GROUP_SIZE", "20")
    one, *others = [a_user() for _ in range(9)]
    room_id = start(one, *others)
    newcomers = [a_user() for _ in range(30)]
    with ThreadPoolExecutor(30) as pool:
        outcomes = list(pool.map(lambda each: add(one, room_id, each), newcomers))
    assert sorted(set(outcomes)) == ["added", "limit_reached"]
    assert outcomes.count("added") == 11
    room = Conversation.find(room_id, consistent=True)
    assert room
    assert len(set(room.member_ids())) == len(room.members) == 20
    notes = [each.system["user_ids"] for each in Message.query(room_id) if each.system]
    assert sum(len(each) for each in notes) == 19  # each member but the creator is reported once


def test_members_come_and_go() -> None:
    one, two, late = a_user(), a_user(), a_user()
    room_id = start(one, two)
    deliver_stream(room_id)
    assert listed(two, "requests") == [room_id]
    answer = in_room(
        answer_message_request.app, "PUT", room_id, two, "/request", body={"accept": True}
    )
    assert answer[0] == 200
    assert listed(two, "inbox") == [room_id]
    assert add(two, room_id, late) == "added"
    assert add(two, room_id, late) == "already_participant"
    deliver_stream(room_id)
    _, shown = in_room(list_messages.app, "GET", room_id, late, "/messages")
    assert [each["system"]["kind"] for each in shown["messages"]] == ["added"]
    assert in_room(leave_group.app, "DELETE", room_id, one, "/leave")[0] == 200
    deliver_stream(room_id)
    assert listed(one, "inbox") == []
    assert in_room(get_conversation.app, "GET", room_id, one)[0] == 404
    _, shape = in_room(get_conversation.app, "GET", room_id, late)
    assert [(each["id"], each["role"]) for each in shape["participants"]] == [
        (late.user_id, "member"),
        (two.user_id, "admin"),
    ]
    row = InboxRow.find(one.user_id, room_id)
    assert row
    assert row.has_left
