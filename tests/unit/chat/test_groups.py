"""Groups: who may change what, what newcomers see, and exact limits under parallel changes."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chat import (
    add_participant,
    create_conversation,
    create_group,
    empty_group,
    get_conversation,
    leave_group,
    list_conversations,
    list_messages,
    mark_conversation_read,
    react_to_message,
    remove_participant,
    search_messages,
    send_message,
    unsend_message,
    update_group,
)
from chat.group_changes import change_group
from chat.groups import addition
from chat.models import Conversation, InboxRow, Message, SentMessage, sent_id
from chat.on_chat_changed import list_new_groups, message_events, update_inboxes
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import in_parallel
from shared.http.idempotency import Made
from shared.ids import new_id
from tests.support.memory_aws import MemoryAws
from tests.unit.chat.conftest import a_message, a_room, a_user, befriend, call, connect

ROOM = "/conversations/{conversation_id}"


def start(caller: Caller, *others: Caller, **given: Any) -> Any:
    body = {"participant_ids": [each.user_id for each in others], "group_name": "We", **given}
    status, answer = call(create_group.app, "POST /conversations/group", caller, body=body)
    assert status == 201, answer
    return answer


def in_room(
    app: Any, method: str, room_id: str, caller: Caller, more: str = "", **given: Any
) -> Any:
    path = {"conversation_id": room_id, **given.pop("path", {})}
    return call(app, f"{method} {ROOM}{more}", caller, path=path, **given)


def add(caller: Caller, room_id: str, *people: Caller) -> tuple[int, Any]:
    body = {"user_ids": [each.user_id for each in people]}
    return in_room(add_participant.app, "POST", room_id, caller, "/participants", body=body)


def remove(caller: Caller, room_id: str, person: Caller) -> tuple[int, Any]:
    path = {"user": person.user_id}
    more = "/participants/{user}"
    return in_room(remove_participant.app, "DELETE", room_id, caller, more, path=path)


def leave(caller: Caller, room_id: str) -> tuple[int, Any]:
    return in_room(leave_group.app, "DELETE", room_id, caller, "/leave")


def change(caller: Caller, room_id: str, **fields: Any) -> tuple[int, Any]:
    return in_room(update_group.app, "PUT", room_id, caller, body=fields)


def get(caller: Caller, room_id: str) -> tuple[int, Any]:
    return in_room(get_conversation.app, "GET", room_id, caller)


def messages(caller: Caller, room_id: str) -> list[Any]:
    status, answer = in_room(list_messages.app, "GET", room_id, caller, "/messages")
    assert status == 200, answer
    return list(answer["messages"])


def listed(caller: Caller) -> list[str]:
    _, answer = call(list_conversations.app, "GET /conversations", caller)
    return [each["id"] for each in answer["conversations"]]


def roles(shape: Any) -> dict[str, str]:
    return {each["id"]: each["role"] for each in shape["participants"]}


def code(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["code"]


def forget_answers(aws: MemoryAws) -> None:
    """As if the functions had ended after their writes, before they answered."""
    for stored in aws.dynamo.items("hoshi-idempotency"):
        if not stored["id"]["S"].startswith("made#"):
            Made(stored["id"]["S"]).delete()


def friends(count: int) -> list[Caller]:
    """People of whom the first and the second follow all others, and are followed."""
    people = [a_user() for _ in range(count)]
    for first in people[:2]:
        for other in people:
            if other is not first:
                befriend(first, other)
    return people


def test_the_creator_is_the_administrator_and_a_message_says_so() -> None:
    one, two, three = friends(3)
    shape = start(one, two, three)
    assert roles(shape) == {one.user_id: "admin", two.user_id: "member", three.user_id: "member"}
    assert (shape["group_name"], shape["has_blocked_member"]) == ("We", False)
    [message] = messages(two, shape["id"])
    assert (message["type"], message["sender_id"]) == ("system", one.user_id)
    assert message["content"] == f"{one.username} created the group"
    assert message["system"]["kind"] == "created"
    assert set(message["system"]["user_ids"]) == {two.user_id, three.user_id}


@pytest.mark.parametrize("name", ["", " ", "two\nlines", "\u202eevil", "\u200d"])
def test_names_of_groups_are_visible(name: str) -> None:
    one, two = friends(2)
    body = {"participant_ids": [two.user_id], "group_name": name}
    assert call(create_group.app, "POST /conversations/group", one, body=body)[0] == 400
    room_id = start(one, two)["id"]
    assert change(one, room_id, group_name=name)[0] == 400


def test_a_newcomer_sees_what_follows() -> None:
    one, two, three = friends(3)
    room_id = start(one, two)["id"]
    room = Conversation.find(room_id)
    assert room
    earlier = a_message(room, one)
    status, shape = add(two, room_id, three)
    assert status == 200
    assert shape["participant_count"] == 3
    later = a_message(room, one)
    assert next(each["id"] for each in messages(three, room_id)) == later.message_id
    texts = [each["content"] for each in messages(three, room_id)]
    assert texts == ["Hello", f"{two.username} added {three.username}"]
    assert earlier.message_id in [each["id"] for each in messages(one, room_id)]
    assert listed(three) == [room_id]


def test_the_past_does_not_exist_for_a_newcomer() -> None:
    one, two, three = friends(3)
    room_id = start(one, two)["id"]
    room = Conversation.find(room_id)
    assert room
    earlier = a_message(room, one)
    add(two, room_id, three)
    later = a_message(room, one)
    before = {"before": earlier.message_id}
    for query in (before, {"after": earlier.message_id}):
        _, answer = in_room(list_messages.app, "GET", room_id, three, "/messages", query=query)
        ids = [each["id"] for each in answer["messages"]]
        assert ids[:1] == ([] if query is before else [later.message_id])
        assert earlier.message_id not in ids
    _, found = in_room(
        search_messages.app, "GET", room_id, three, "/messages/search", query={"q": "hello"}
    )
    assert [each["id"] for each in found["messages"]] == [later.message_id]
    reply = {"content": "Indeed", "reply_to_message_id": earlier.message_id}
    read = {"message_id": earlier.message_id}
    for answer in (
        in_room(send_message.app, "POST", room_id, three, "/messages", body=reply),
        in_room(mark_conversation_read.app, "POST", room_id, three, "/read", body=read),
        call(
            react_to_message.app,
            "PUT /messages/{message_id}/reaction",
            three,
            path=read,
            body={"emoji": "🔥"},
        ),
    ):
        assert code(answer) == (404, "message_not_found")
    reply["reply_to_message_id"] = later.message_id
    assert in_room(send_message.app, "POST", room_id, three, "/messages", body=reply)[0] == 201


def test_who_is_added_again_sees_nothing_of_the_past() -> None:
    one, two, three = friends(3)
    room_id = start(one, two, three)["id"]
    room = Conversation.find(room_id)
    assert room
    first = a_message(room, one)
    update_inboxes([Change(None, first, "1", "", timestamp())])
    assert remove(one, room_id, three)[0] == 200
    assert code(get(three, room_id)) == (404, "conversation_not_found")
    assert listed(three) == []
    between = a_message(room, one)
    assert add(one, room_id, three)[0] == 200
    assert [each["system"]["kind"] for each in messages(three, room_id)] == ["added"]
    update_inboxes(
        [Change(None, each, "2", "", timestamp()) for each in (first, between)]
    )  # a replay
    row = InboxRow.find(three.user_id, room_id)
    assert row
    assert (row.unread_count, row.last_message_id) == (0, None)


def test_the_row_of_who_left_is_counted_no_more() -> None:
    """Or a batch that was read before they left would list the group for them again."""
    one, two, three = friends(3)
    room_id = start(one, two, three)["id"]
    before = Conversation.find(room_id)
    assert before
    assert leave(three, room_id)[0] == 200
    list_new_groups([Change(None, before, "1", "", timestamp())])
    before.save()  # as the stream read it
    update_inboxes([Change(None, a_message(before, one), "2", "", timestamp())])
    row = InboxRow.find(three.user_id, room_id)
    assert row
    assert (row.has_left, row.active_at, row.unread_count) == (True, None, 0)


def test_rows_of_groups_that_are_not_theirs_are_not_listed() -> None:
    """The index of the rows may lag behind one who left, and behind the end of a group."""
    one, two, three = friends(3)
    room = a_room(one, two, is_group=True)
    for room_id in (room.conversation_id, new_id()):
        InboxRow(three.user_id, room_id, folder="inbox", active_at=timestamp()).save()
    assert listed(three) == []


def test_adding_asks_what_writing_asks() -> None:
    one, two, stranger, closed, blocked = (
        a_user(),
        a_user(),
        a_user(),
        a_user(allow_message_requests=False),
        a_user(),
    )
    befriend(one, two)
    connect(blocked, "blocks", one)
    connect(one, "blocked_by", blocked)
    room_id = start(one, two)["id"]
    assert code(add(one, room_id, closed)) == (403, "message_not_allowed")
    assert code(add(one, room_id, blocked)) == (404, "user_not_found")
    assert code(add(one, room_id, two)) == (409, "already_participant")
    status, shape = add(one, room_id, two, stranger)
    assert (status, shape["participant_count"]) == (200, 3)
    row = InboxRow.find(stranger.user_id, room_id)
    assert row
    assert row.folder == "requests"
    assert code(add(a_user(), room_id, stranger)) == (404, "conversation_not_found")
    assert in_room(add_participant.app, "POST", room_id, one, "/participants", body={})[0] == 400


def test_only_administrators_remove_and_appoint() -> None:
    one, two, three = friends(3)
    room_id = start(one, two, three)["id"]
    assert code(remove(two, room_id, three)) == (403, "not_group_admin")
    assert code(change(two, room_id, admin_ids=[two.user_id])) == (403, "not_group_admin")
    assert code(remove(one, room_id, a_user())) == (404, "user_not_found")
    assert code(change(one, room_id, admin_ids=[a_user().user_id])) == (404, "user_not_found")
    assert change(one, room_id, admin_ids=[])[0] == 400
    status, shape = change(one, room_id, admin_ids=[two.user_id])
    assert (status, roles(shape)) == (
        200,
        {one.user_id: "member", two.user_id: "admin", three.user_id: "member"},
    )
    assert code(remove(one, room_id, three)) == (403, "not_group_admin")
    status, shape = remove(two, room_id, one)
    assert one.user_id not in roles(shape)
    kinds = [each["system"]["kind"] for each in messages(two, room_id)]
    assert kinds == ["removed", "admins", "created"]


def test_any_member_names_the_group() -> None:
    one, two = friends(2)
    room_id = start(one, two)["id"]
    assert change(two, room_id, group_name="Us")[1]["group_name"] == "Us"
    assert change(two, room_id, group_name="Us")[0] == 200  # nothing changes
    found = messages(one, room_id)
    assert next(each["content"] for each in found) == f"{two.username} named the group Us"
    assert len(found) == 2


def test_a_one_to_one_is_no_group() -> None:
    one, two, three = friends(3)
    pair = a_room(one, two).conversation_id
    for answer in (
        add(one, pair, three),
        remove(one, pair, two),
        leave(one, pair),
        change(one, pair, group_name="Us"),
    ):
        assert code(answer) == (400, "not_a_group")


def test_the_last_administrator_hands_over_to_the_longest_member() -> None:
    one, two, three = friends(3)
    room_id = start(one, two)["id"]
    add(one, room_id, three)
    assert leave(one, room_id) == (200, {"message": "Group left"})
    assert roles(get(three, room_id)[1]) == {two.user_id: "admin", three.user_id: "member"}
    assert messages(three, room_id)[0]["content"] == f"{one.username} left the group"


def test_a_hidden_account_gets_no_group_to_administer() -> None:
    one, two, three = friends(3)
    two = a_user(status="banned")
    room = a_room(one, two, three, is_group=True)
    assert leave(one, room.conversation_id)[0] == 200
    present = Conversation.find(room.conversation_id)
    assert present
    assert [each["role"] for each in present.members] == ["member", "admin"]


def test_removing_oneself_is_leaving() -> None:
    one, two = friends(2)
    room_id = start(one, two)["id"]
    assert remove(two, room_id, two)[0] == 200
    assert code(get(two, room_id)) == (404, "conversation_not_found")
    assert messages(one, room_id)[0]["system"]["kind"] == "left"


def test_the_last_one_out_deletes_the_group(aws: MemoryAws) -> None:
    one, two = friends(2)
    room_id = start(one, two)["id"]
    room = Conversation.find(room_id)
    assert room
    a_message(room, two, client_message_id="first")
    marker = sent_id(room_id, two.user_id, "first")
    SentMessage(marker, message_id="x").save()
    leave(two, room_id)
    leave(one, room_id)
    assert Conversation.find(room_id) is None
    list_new_groups([Change(room, None, "9", "", timestamp())])
    [job] = aws.sent["deleted-groups"]
    record = {"eventSource": "aws:sqs", "messageId": "1", "body": job}
    assert empty_group.app({"Records": [record]}, None) == {"batchItemFailures": []}
    assert not list(Message.query(room_id))
    assert SentMessage.find(marker) is None
    assert [InboxRow.find(each.user_id, room_id) for each in (one, two)] == [None, None]
    assert len(aws.sent["deleted-groups"]) == 1


def test_the_row_of_a_last_member_whom_no_message_names_is_deleted(aws: MemoryAws) -> None:
    """As in groups from before messages reported changes."""
    one = a_user()
    room = a_room(one, is_group=True)
    assert leave(one, room.conversation_id)[0] == 200
    assert InboxRow.find(one.user_id, room.conversation_id)
    list_new_groups([Change(room, None, "9", "", timestamp())])
    [job] = aws.sent["deleted-groups"]
    record = {"eventSource": "aws:sqs", "messageId": "1", "body": job}
    assert empty_group.app({"Records": [record]}, None) == {"batchItemFailures": []}
    assert InboxRow.find(one.user_id, room.conversation_id) is None


def test_parallel_additions_fill_a_group_exactly(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("MAX_GROUP_SIZE", "12")
    one, *others = friends(32)
    room_id = start(one, others[0])["id"]
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda each: add(one, room_id, each)[0], others[1:]))
    assert sorted(codes) == [200] * 10 + [409] * 20
    assert code(add(one, room_id, a_user())) == (409, "limit_reached")
    room = Conversation.find(room_id)
    assert room
    assert len(set(room.member_ids())) == 12
    kinds = [each["system"]["kind"] for each in messages(one, room_id)]
    assert kinds.count("added") == 10


def test_parallel_changes_of_one_group_are_all_kept() -> None:
    one, two, three, four = friends(4)
    room_id = start(one, two, three)["id"]
    in_parallel(
        lambda: add(one, room_id, four),
        lambda: leave(three, room_id),
        lambda: change(two, room_id, group_name="Us"),
        lambda: change(one, room_id, admin_ids=[two.user_id]),
    )
    shape = get(two, room_id)[1]
    assert roles(shape) == {one.user_id: "member", two.user_id: "admin", four.user_id: "member"}
    assert shape["group_name"] == "Us"


def test_a_repeated_addition_with_a_key_is_one() -> None:
    one, two, three = friends(3)
    room_id = start(one, two)["id"]
    body = {"user_id": three.user_id}
    headers = {"Idempotency-Key": "once"}
    for _ in range(2):
        answer = in_room(
            add_participant.app, "POST", room_id, one, "/participants", body=body, headers=headers
        )
        assert answer[0] == 200


def test_an_addition_that_ended_before_its_answer_is_answered_when_it_is_repeated(
    aws: MemoryAws,
) -> None:
    one, two, three = friends(3)
    room_id = start(one, two)["id"]
    route, path = f"POST {ROOM}/participants", {"conversation_id": room_id}
    headers = {"Idempotency-Key": "once"}
    given: dict[str, Any] = {
        "path": path,
        "body": {"user_id": three.user_id},
        "headers": headers,
    }
    assert call(add_participant.app, route, one, **given)[0] == 200
    forget_answers(aws)
    assert call(add_participant.app, route, one, **given)[0] == 200
    given["headers"] = {"Idempotency-Key": "another"}
    assert code(call(add_participant.app, route, one, **given)) == (409, "already_participant")


def test_both_routes_create_the_same_group() -> None:
    one, two, three = friends(3)
    body = {"participant_ids": [two.user_id, three.user_id]}
    status, shape = call(create_conversation.app, "POST /conversations", one, body=body)
    assert (status, shape["is_group"], shape["group_name"]) == (201, True, None)
    assert call(create_group.app, "POST /conversations/group", one, body=body)[0] == 400


def test_system_messages_are_not_unread_nor_notified_nor_unsent() -> None:
    one, two = friends(2)
    room_id = start(one, two)["id"]
    [note] = list(Message.query(room_id))
    arrived: Change[Message] = Change(None, note, "1", "", timestamp())
    update_inboxes([arrived])
    row = InboxRow.find(two.user_id, room_id)
    assert row
    assert (row.unread_count, row.last_message_id) == (0, note.message_id)
    assert list(message_events(arrived)) == []
    path = {"message_id": note.message_id}
    answer = call(unsend_message.app, "DELETE /messages/{message_id}", one, path=path)
    assert code(answer) == (403, "not_owner")


def test_a_group_that_changes_too_fast_is_tried_again_later(settings: pytest.MonkeyPatch) -> None:
    one, two, three = friends(3)
    room_id = start(one, two)["id"]
    calls = []

    def plan(room: Conversation) -> Any:
        calls.append(room.revision)
        if len(calls) < 3:
            change(two, room_id, group_name=f"Name {len(calls)}")
        return addition(one.user_id, [three.user_id])(room)

    change_group(one, room_id, plan)
    assert calls == [None, 1, 2]
    assert get(two, room_id)[1]["participant_count"] == 3
