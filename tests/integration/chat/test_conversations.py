"""Conversations, messages and inboxes, on real tables."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chat import (
    create_conversation,
    get_conversation,
    hide_conversation,
    list_conversations,
    list_events,
    list_messages,
    mark_conversation_read,
    on_chat_changed,
    react_to_message,
    search_messages,
    send_message,
    unsend_message,
)
from chat.models import InboxRow
from shared.access.caller import Caller
from shared.clock import now
from shared.ids import first_id_at
from tests.integration.posts.world import (
    a_post,
    a_user,
    call,
    connect,
    deliver,
    follow,
    stream_records,
    take,
)
from tests.support.events import load_event
from tests.support.gateway import LambdaContext
from users.models import User

UNKNOWN = "01KAEJB1R8W3C4E5G6H7J8K9M0"


pytestmark = pytest.mark.usefixtures("foundation")


def friends() -> tuple[Caller, Caller]:
    """Two people who follow each other."""
    one, other = a_user(), a_user()
    follow(one, other)
    follow(other, one)
    return one, other


def start(caller: Caller, *others: Caller | str, **given: Any) -> tuple[int, Any]:
    ids = [each if isinstance(each, str) else each.user_id for each in others]
    body = {"participant_ids": ids, **given}
    return call(create_conversation.app, "POST /conversations", caller, body=body)


def send(caller: Caller, conversation_id: str, **body: Any) -> tuple[int, Any]:
    route = "POST /conversations/{conversation_id}/messages"
    path = {"conversation_id": conversation_id}
    return call(send_message.app, route, caller, path=path, body=body)


def get(caller: Caller, conversation_id: str) -> tuple[int, Any]:
    route = "GET /conversations/{conversation_id}"
    return call(get_conversation.app, route, caller, path={"conversation_id": conversation_id})


def history(caller: Caller, conversation_id: str, **query: str) -> tuple[int, Any]:
    route = "GET /conversations/{conversation_id}/messages"
    path = {"conversation_id": conversation_id}
    return call(list_messages.app, route, caller, path=path, query=query or None)


def inbox(caller: Caller, **query: str) -> Any:
    status, body = call(list_conversations.app, "GET /conversations", caller, query=query or None)
    assert status == 200
    return body


def deliver_streams(conversation_id: str) -> None:
    """Deliver the stream records of the conversation and its messages."""
    for table in ("conversations", "messages"):
        deliver(on_chat_changed.app, stream_records(table, conversation_id))


def test_two_people_have_one_conversation_however_often_it_is_started() -> None:
    one, other = friends()
    starters = [(one, other), (other, one)] * 4
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda pair: start(*pair), starters))
    assert sorted(status for status, _ in answers) == [200] * 7 + [201]
    [conversation_id] = {body["id"] for _, body in answers}
    assert start(one, other)[0] == 200
    status, shape = get(one, conversation_id)
    assert status == 200
    assert (shape["is_group"], shape["participant_count"], shape["folder"]) == (False, 2, "inbox")
    assert {each["id"] for each in shape["participants"]} == {one.user_id, other.user_id}
    assert shape["last_message"] is shape["last_message_at"] is shape["group_name"] is None
    assert [each["id"] for each in inbox(one)["conversations"]] == [conversation_id]


def test_an_empty_one_to_one_is_listed_only_for_its_creator() -> None:
    one, other = friends()
    _, shape = start(one, other)
    deliver_streams(shape["id"])
    assert [each["id"] for each in inbox(one)["conversations"]] == [shape["id"]]
    assert inbox(other)["conversations"] == []


@pytest.mark.parametrize("given", [{"group_name": "Two of us"}, {}])
def test_a_group_is_in_every_members_list(given: dict[str, Any]) -> None:
    one, other, third = a_user(), a_user(), a_user()
    status, shape = start(one, other, *([] if given else [third]), **given)
    assert status == 201
    assert shape["is_group"] is True
    assert shape["group_name"] == given.get("group_name")
    roles = {each["id"]: each["role"] for each in shape["participants"]}
    assert roles[one.user_id] == "admin"
    assert roles[other.user_id] == "member"
    deliver_streams(shape["id"])
    assert [each["id"] for each in inbox(other, folder="requests")["conversations"]] == [
        shape["id"]
    ]
    again_status, again = start(one, other, *([] if given else [third]), **given)
    assert again_status == 201
    assert again["id"] != shape["id"]


def test_who_may_be_written_to() -> None:
    one, private, blocked = a_user(), a_user(allow_message_requests=False), a_user()
    connect(one, "blocks", "blocked_by", blocked)
    hidden = a_user(status="banned")
    assert start(one, private)[1]["code"] == "message_not_allowed"
    assert start(one, private, a_user())[1]["code"] == "message_not_allowed"
    for target in (blocked, hidden, UNKNOWN):
        status, body = start(one, target)
        assert (status, body["code"]) == (404, "user_not_found")
    assert start(blocked, one)[1]["code"] == "user_not_found"
    follow(one, private)
    follow(private, one)
    assert start(one, private)[0] == 201


@pytest.mark.parametrize("people", [[], ["nope"], None])
def test_a_conversation_needs_others(people: Any) -> None:
    one = a_user()
    given = [one.user_id] if people is None else people
    status, body = start(one, *given)
    assert (status, body["code"]) == (400, "invalid_input")


def test_oneself_and_repeated_participants_are_dropped() -> None:
    one, other = friends()
    status, shape = start(one, other, one, other)
    assert status == 201
    assert (shape["is_group"], shape["participant_count"]) == (False, 2)


def test_a_message_is_in_the_history_and_the_inboxes() -> None:
    one, other = friends()
    conversation_id = start(one, other)[1]["id"]
    status, message = send(one, conversation_id, content="Hello ünïcode", client_message_id="m")
    assert status == 201
    assert message["sender_username"] == one.username
    assert history(other, conversation_id) == (200, {"messages": [message], "next_cursor": None})
    deliver_streams(conversation_id)
    [shape] = inbox(other)["conversations"]
    assert shape["last_message"] == message
    assert shape["last_message_at"] == message["created_at"]
    assert (shape["unread_count"], inbox(other)["unread_total"]) == (1, 1)
    [own] = inbox(one)["conversations"]
    assert (own["unread_count"], own["folder"]) == (0, "inbox")


def test_messages_of_other_people_are_requests_until_they_are_answered() -> None:
    one, other = a_user(), a_user()
    conversation_id = start(one, other)[1]["id"]
    send(one, conversation_id, content="Hello")
    deliver_streams(conversation_id)
    assert inbox(other)["conversations"] == []
    assert [each["id"] for each in inbox(other, folder="requests")["conversations"]] == [
        conversation_id
    ]
    send(other, conversation_id, content="Hello yourself")
    deliver_streams(conversation_id)
    assert [each["id"] for each in inbox(other)["conversations"]] == [conversation_id]
    assert inbox(other, folder="requests")["conversations"] == []


def test_a_resend_is_the_first_message_even_when_both_come_at_once() -> None:
    one, other = friends()
    conversation_id = start(one, other)[1]["id"]

    def once_more(number: int) -> tuple[int, Any]:
        return send(one, conversation_id, content=f"try {number}", client_message_id="m")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(once_more, range(6)))
    assert sorted(status for status, _ in answers) == [200] * 5 + [201]
    [message_id] = {body["id"] for _, body in answers}
    assert [each["id"] for each in history(one, conversation_id)[1]["messages"]] == [message_id]
    deliver_streams(conversation_id)
    _, log = call(list_events.app, "GET /events", other, query={"since": first_id_at(now() - 60)})
    assert [each["id"] for each in log["events"]] == [message_id]


def test_unread_is_exact_under_replays() -> None:
    one, other = friends()
    conversation_id = start(one, other)[1]["id"]
    for number in range(9):
        assert send(one if number % 3 else other, conversation_id, content="x")[0] == 201
    records = stream_records("messages", conversation_id)
    assert len(records) == 9
    for start_at in range(0, 9, 2):
        deliver(on_chat_changed.app, records[max(0, start_at - 3) : start_at + 2])
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: deliver(on_chat_changed.app, records), range(3)))
    rows = {user: InboxRow.find(user.user_id, conversation_id) for user in (one, other)}
    assert {user: row and row.unread_count for user, row in rows.items()} == {one: 3, other: 6}


def test_the_event_of_a_message_holds_no_text() -> None:
    one, other = friends()
    conversation_id = start(one, other)[1]["id"]
    send(one, conversation_id, content="a secret between us")
    records = stream_records("messages", conversation_id)
    sample = load_event("chat", "on_chat_changed")
    assert on_chat_changed.app(sample, LambdaContext()) == {"batchItemFailures": []}
    deliver(on_chat_changed.app, records)
    # An event that SNS refused would be in the failure queue.
    failures = take("chat-failures", lambda job: conversation_id in str(job))
    assert failures == []
    change = records[0]["dynamodb"]["NewImage"]
    assert change["content"]["S"] == "a secret between us"
    published = [
        event
        for actor, event in on_chat_changed.message_events(on_chat_changed.app._read(records[0])[1])
    ]
    assert "secret" not in repr(published)
    assert published[0].sender_id == one.user_id


def test_a_conversation_is_not_found_by_others() -> None:
    one, other = friends()
    outsider = a_user()
    conversation_id = start(one, other)[1]["id"]
    for caller, path_id in ((outsider, conversation_id), (one, UNKNOWN), (one, "nope")):
        answers = [
            get(caller, path_id),
            history(caller, path_id),
            send(caller, path_id, content="x"),
        ]
        codes = [(status, body["code"]) for status, body in answers]
        assert codes == [(404, "conversation_not_found")] * 3


def test_a_block_hides_the_conversation_from_both() -> None:
    one, other = friends()
    conversation_id = start(one, other)[1]["id"]
    send(one, conversation_id, content="x")
    deliver_streams(conversation_id)
    connect(one, "blocks", "blocked_by", other)
    for user in (one, other):
        assert inbox(user)["conversations"] == []
        assert get(user, conversation_id)[0] == history(user, conversation_id)[0] == 404
        assert send(user, conversation_id, content="x")[1]["code"] == "conversation_not_found"


def test_a_post_is_shared_only_by_who_may_see_it() -> None:
    one, other = friends()
    conversation_id = start(one, other)[1]["id"]
    shown, hidden = a_post(other), a_post(a_user(is_private=True))
    status, message = send(one, conversation_id, shared_post_id=shown)
    assert (status, message["type"], message["shared_post_id"]) == (201, "post", shown)
    assert message["content"] is None
    status, body = send(one, conversation_id, shared_post_id=hidden)
    assert (status, body["code"]) == (404, "post_not_found")


def test_pages_of_a_history() -> None:
    one, other = friends()
    conversation_id = start(one, other)[1]["id"]
    sent = [send(one, conversation_id, content=str(number))[1]["id"] for number in range(5)]
    seen, query = [], {"limit": "2"}
    while True:
        status, page = history(other, conversation_id, **query)
        assert status == 200
        seen += [message["id"] for message in page["messages"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == sent[::-1]


def test_conversations_come_by_last_activity_page_by_page() -> None:
    one = a_user()
    rooms = []
    for _ in range(4):
        other = a_user()
        rooms.append(start(one, other)[1]["id"])
    send(one, rooms[0], content="this one is the latest")
    deliver_streams(rooms[0])
    first = inbox(one, limit="3")
    assert [each["id"] for each in first["conversations"]] == [rooms[0], rooms[3], rooms[2]]
    rest = inbox(one, limit="3", cursor=first["next_cursor"])
    assert [each["id"] for each in rest["conversations"]] == [rooms[1]]


def test_names_are_the_present_ones_and_hidden_people_are_left_out() -> None:
    one, other, third = a_user(), a_user(), a_user()
    conversation_id = start(one, other, third, group_name="All of us")[1]["id"]
    send(one, conversation_id, content="x")
    User(one.user_id).update(actions=[User.username.set("renamed_since")])
    User(third.user_id).update(actions=[User.status.set("banned")])
    message, note = history(other, conversation_id)[1]["messages"]
    assert message["sender_username"] == "renamed_since"
    assert note["content"] == "renamed_since created the group"
    shape = get(other, conversation_id)[1]
    assert {each["id"] for each in shape["participants"]} == {one.user_id, other.user_id}
    assert shape["participant_count"] == 3


def test_a_refused_conversation_leaves_nothing_behind() -> None:
    one = a_user()
    assert start(one, a_user(), UNKNOWN)[1]["code"] == "user_not_found"
    assert start(one, a_user(allow_message_requests=False))[1]["code"] == "message_not_allowed"
    assert inbox(one)["conversations"] == []
    assert list(InboxRow.query(one.user_id)) == []


def test_what_follows_a_message() -> None:
    """Reading, reacting, searching, unsending and hiding."""
    one, other = friends()
    conversation_id = start(one, other)[1]["id"]
    path = {"conversation_id": conversation_id}
    sent = [
        send(one, conversation_id, content=text, client_message_id=text)[1]["id"]
        for text in ("First", "Second", "Third")
    ]
    deliver_streams(conversation_id)
    route = "POST /conversations/{conversation_id}/read"
    body = {"message_id": sent[0]}
    assert call(mark_conversation_read.app, route, other, path=path, body=body)[1] == {
        "conversation_id": conversation_id,
        "last_read_message_id": sent[0],
        "unread_count": 2,
    }
    route = "PUT /messages/{message_id}/reaction"
    of_second = {"message_id": sent[1]}
    reacted = call(react_to_message.app, route, other, path=of_second, body={"emoji": "🔥"})
    assert reacted[1]["reactions"] == [{"user_id": other.user_id, "emoji": "🔥"}]
    route = "GET /conversations/{conversation_id}/messages/search"
    found = call(search_messages.app, route, other, path=path, query={"q": "SECO"})
    assert [each["id"] for each in found[1]["messages"]] == [sent[1]]
    positions = (({"before": sent[2]}, sent[:2][::-1]), ({"after": sent[0]}, sent[:0:-1]))
    for query, expected in positions:
        page = history(other, conversation_id, **query)[1]
        assert [each["id"] for each in page["messages"]] == expected
    route = "DELETE /messages/{message_id}"
    assert call(unsend_message.app, route, one, path={"message_id": sent[2]})[0] == 200
    deliver_streams(conversation_id)
    [shape] = inbox(other)["conversations"]
    assert (shape["last_message"]["id"], shape["unread_count"]) == (sent[1], 1)
    route = "DELETE /conversations/{conversation_id}"
    assert call(hide_conversation.app, route, other, path=path)[0] == 200
    assert inbox(other)["conversations"] == []
    assert history(other, conversation_id)[1]["messages"] == []
    assert len(inbox(one)["conversations"]) == 1
