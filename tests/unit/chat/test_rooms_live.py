"""Rooms over sockets: joining, leaving, typing, and who is online."""

import json
from typing import Any

import pytest

from chat import ws_connect, ws_disconnect, ws_join_room, ws_leave_room, ws_presence, ws_typing
from chat.list_messages import app as list_messages
from chat.models import Conversation, InboxRow, Message
from chat.rooms import one_to_one_id
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.ids import new_id
from shared.realtime.sockets import Connection, move
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.unit.chat.conftest import Frames, a_room, a_row, a_socket, a_user, connect, socket_event
from users.models import User


def send(handler: Any, caller: Caller, socket: str, **body: Any) -> None:
    event = socket_event("x", caller=caller, body=body)
    event["requestContext"]["connectionId"] = socket
    assert handler.app(event, LambdaContext()) == {"statusCode": 200}


def come(user: Caller, socket: str) -> None:
    event = socket_event("$connect", "CONNECT", user)
    event["requestContext"]["connectionId"] = socket
    assert ws_connect.app(event, LambdaContext()) == {"statusCode": 200}


def close(caller: Caller, socket: str) -> None:
    event = socket_event("$disconnect", "DISCONNECT", caller)
    event["requestContext"]["connectionId"] = socket
    assert ws_disconnect.app(event, LambdaContext()) == {"statusCode": 200}


def join(caller: Caller, socket: str, room: Conversation, **more: Any) -> None:
    send(ws_join_room, caller, socket, conversation_id=room.conversation_id, **more)


def events(frames: Frames, socket: str) -> list[str]:
    return [frame["event"] for frame in frames(socket)]


def code(frames: Frames, socket: str) -> Any:
    return frames(socket)[-1]["data"].get("code")


def a_message(room: Conversation, sender: Caller, content: str) -> str:
    message_id = new_id()
    Message(
        room.conversation_id,
        message_id,
        sender_id=sender.user_id,
        sender_username=sender.username,
        content=content,
        created_at=timestamp(),
    ).save()
    return message_id


def a_pair(one: Caller, other: Caller) -> Conversation:
    """A one-to-one under its own id, in both inboxes."""
    room = a_room(one, other)
    pair = Conversation(
        one_to_one_id(one.user_id, other.user_id),
        is_group=False,
        creator_id=one.user_id,
        members=room.members,
        created_at=timestamp(),
    )
    room.delete()
    pair.save()
    for each in (one, other):
        a_row(each, pair)
    return pair


def test_joining_answers_the_history_and_who_is_there(frames: Frames) -> None:
    one, two = a_user(), a_user()
    room = a_room(one, two)
    a_socket(one, "one"), a_socket(two, "two")
    ids = [a_message(room, one, text) for text in ("first", "second", "third")]
    join(one, "one", room)
    join(two, "two", room, request_id="r", limit=2)
    history, users = frames("two")
    assert (history["event"], history["request_id"]) == ("message_history", "r")
    assert history["data"]["roomId"] == room.conversation_id
    shown = history["data"]["messages"]
    assert [(each["id"], each["message"], each["userId"]) for each in shown] == [
        (ids[1], "second", one.user_id),
        (ids[2], "third", one.user_id),
    ]
    assert users["event"] == "room_users"
    assert {each["id"] for each in users["data"]["users"]} == {one.user_id, two.user_id}
    [joined] = frames("one")[2:]
    assert joined["event"] == "user_joined"
    assert joined["data"] == {
        "conversation_id": room.conversation_id,
        "roomId": room.conversation_id,
        "user_id": two.user_id,
        "userId": two.user_id,
        "username": two.username,
        "timestamp": 1_767_614_400_000,
    }


def test_the_cursor_of_the_history_continues_over_http(frames: Frames) -> None:
    one, two = a_user(), a_user()
    room = a_room(one, two)
    a_socket(one, "one")
    for number in range(3):
        a_message(room, one, str(number))
    join(one, "one", room, limit=2)
    answer = list_messages(
        gateway_event(
            "GET /conversations/{conversation_id}/messages",
            caller=one,
            path={"conversation_id": room.conversation_id},
            query={"cursor": frames("one")[0]["data"]["next_cursor"]},
        ),
        LambdaContext(),
    )
    page = json.loads(answer["body"])
    assert [each["content"] for each in page["messages"]] == ["0"]


def test_a_history_fits_into_a_frame(frames: Frames, aws: MemoryAws) -> None:
    one, two = a_user(), a_user()
    room = a_room(one, two)
    a_socket(one, "one")
    for number in range(60):
        a_message(room, one, f"{number:02} " + "星" * 997)
    join(one, "one", room, limit=100)
    data = frames("one")[0]["data"]
    assert len(aws.pushed["one"][0].encode()) < 128_000
    assert data["messages"][-1]["content"].startswith("59 ")
    assert 5 < len(data["messages"]) < 60
    assert data["next_cursor"]


def test_socialhubs_names_are_accepted(frames: Frames) -> None:
    one, two = a_user(), a_user()
    room = a_room(one, two)
    a_socket(one, "one"), a_socket(two, "two")
    for user, socket in ((one, "one"), (two, "two")):
        send(ws_join_room, user, socket, roomId=room.conversation_id)
    send(ws_typing, two, "two", roomId=room.conversation_id, isTyping=True)
    assert frames("one")[-1]["data"]["isTyping"] is True


@pytest.mark.parametrize("handler", [ws_join_room, ws_leave_room, ws_typing])
def test_only_members_are_let_in(handler: Any, frames: Frames) -> None:
    one, two, outsider = a_user(), a_user(), a_user()
    room = a_room(one, two)
    for caller, conversation_id in ((outsider, room.conversation_id), (one, new_id())):
        a_socket(caller, "socket")
        send(handler, caller, "socket", conversation_id=conversation_id, is_typing=True)
        assert code(frames, "socket") == "conversation_not_found"
        found = Connection.find("socket")
        assert found and found.room_id is None


@pytest.mark.parametrize(
    ("handler", "body"),
    [
        (ws_join_room, {}),
        (ws_join_room, {"conversation_id": "x"}),
        (ws_join_room, {"conversation_id": new_id(), "limit": 101}),
        (ws_leave_room, {"conversation_id": None}),
        (ws_typing, {"conversation_id": new_id()}),
        (ws_typing, {"conversation_id": new_id(), "is_typing": "often"}),
        (ws_presence, {}),
        (ws_presence, {"user_ids": []}),
        (ws_presence, {"user_ids": ["x"]}),
        (ws_presence, {"user_ids": [new_id() for _ in range(101)]}),
    ],
)
def test_fields_that_break_a_bound(
    handler: Any, body: dict[str, Any], caller: Caller, frames: Frames
) -> None:
    send(handler, caller, "socket", **body)
    assert code(frames, "socket") == "invalid_input"


def test_typing_is_pushed_only_to_the_others_in_the_room(frames: Frames) -> None:
    one, two, away = a_user(), a_user(), a_user()
    room = a_room(one, two, away, is_group=True)
    for user, socket in ((one, "one"), (one, "one-b"), (two, "two"), (away, "away")):
        a_socket(user, socket)
    for user, socket in ((one, "one"), (one, "one-b"), (two, "two")):
        join(user, socket, room)
    send(ws_typing, one, "one", conversation_id=room.conversation_id, is_typing=True)
    assert events(frames, "two")[-1] == "user_typing"
    assert frames("two")[-1]["data"]["user_id"] == one.user_id
    assert "id" not in frames("two")[-1]
    assert "user_typing" not in events(frames, "one") + events(frames, "one-b")
    assert events(frames, "away") == []


@pytest.mark.parametrize("by_closing", [True, False])
def test_leaving_is_pushed_for_the_last_socket_of_a_user(by_closing: bool, frames: Frames) -> None:
    one, two = a_user(), a_user()
    room = a_room(one, two)
    for user, socket in ((one, "one"), (two, "two"), (two, "two-b")):
        a_socket(user, socket)
        join(user, socket, room)
    assert events(frames, "one").count("user_joined") == 1

    def go(socket: str) -> None:
        if by_closing:
            close(two, socket)
        else:
            send(ws_leave_room, two, socket, conversation_id=room.conversation_id)
            assert events(frames, socket)[-1] == "user_left"

    go("two")
    assert "user_left" not in events(frames, "one")
    go("two-b")
    left = [frame for frame in frames("one") if frame["event"] == "user_left"]
    assert [frame["data"]["user_id"] for frame in left] == [two.user_id]


def test_joining_another_room_leaves_the_first(frames: Frames) -> None:
    one, two, three = a_user(), a_user(), a_user()
    first, second = a_room(one, two), a_room(one, three)
    for user, socket in ((one, "one"), (two, "two")):
        a_socket(user, socket)
        join(user, socket, first)
    join(one, "one", second)
    assert events(frames, "two")[-1] == "user_left"
    join(one, "one", second)  # joining the same room again is not leaving it
    assert events(frames, "two").count("user_left") == 1


def test_who_hides_presence_comes_and_goes_unseen(frames: Frames) -> None:
    one, hidden = a_user(), a_user(show_presence=False)
    room = a_room(one, hidden)
    a_socket(one, "one"), a_socket(hidden, "hidden")
    join(one, "one", room)
    join(hidden, "hidden", room)
    close(hidden, "hidden")
    assert events(frames, "one") == ["message_history", "room_users"]
    assert {each["id"] for each in frames("hidden")[1]["data"]["users"]} == {
        one.user_id,
        hidden.user_id,
    }


@pytest.mark.parametrize("has_row", [True, False])
def test_who_has_not_accepted_the_conversation_comes_types_and_goes_unseen(
    has_row: bool, frames: Frames
) -> None:
    writer, asked = a_user(), a_user()
    room = a_room(writer, asked, folder="requests")
    if has_row:
        a_row(asked, room, folder="requests")
    a_socket(writer, "writer"), a_socket(asked, "asked")
    join(writer, "writer", room)
    join(asked, "asked", room)
    send(ws_typing, asked, "asked", conversation_id=room.conversation_id, is_typing=True)
    join(writer, "writer", room)
    assert events(frames, "writer") == ["message_history", "room_users"] * 2
    assert [each["id"] for each in frames("writer")[-1]["data"]["users"]] == [writer.user_id]
    assert len(frames("asked")[1]["data"]["users"]) == 2  # who wrote has accepted it
    close(asked, "asked")
    assert len(frames("writer")) == 4


def test_who_has_accepted_the_conversation_is_seen(frames: Frames) -> None:
    writer, asked = a_user(), a_user()
    room = a_room(writer, asked, folder="requests")
    a_row(asked, room, folder="inbox")
    a_socket(writer, "writer"), a_socket(asked, "asked")
    join(writer, "writer", room)
    join(asked, "asked", room)
    send(ws_typing, asked, "asked", conversation_id=room.conversation_id, is_typing=True)
    close(asked, "asked")
    assert events(frames, "writer")[2:] == ["user_joined", "user_typing", "user_left"]


def test_the_people_of_a_room_fit_into_a_frame(aws: MemoryAws) -> None:
    """On AWS each signed URL holds a session token of more than 1,000 characters."""
    people = [a_user(picture_key=f"media/{'k' * 1400}") for _ in range(100)]
    room = a_room(*people, is_group=True)
    for each in people:
        a_socket(each, each.user_id)
        move(Connection.get(each.user_id), room.conversation_id)
    join(people[50], people[50].user_id, room)
    text = aws.pushed[people[50].user_id][1]
    users = json.loads(text)["data"]["users"]
    assert len(text.encode()) < 128_000
    assert users[0]["id"] == people[50].user_id
    assert 50 < len(users) < 100


def test_after_a_block_nothing_of_one_reaches_the_other(frames: Frames) -> None:
    one, two = a_user(), a_user()
    room = a_pair(one, two)
    for user, socket in ((one, "one"), (two, "two")):
        a_socket(user, socket)
        join(user, socket, room)
    connect(one, "blocks", two)
    connect(two, "blocked_by", one)
    before = len(frames("two"))
    send(ws_typing, one, "one", conversation_id=room.conversation_id, is_typing=True)
    assert code(frames, "one") == "conversation_not_found"
    send(ws_leave_room, one, "one", conversation_id=room.conversation_id)
    close(one, "one")
    assert len(frames("two")) == before


def asked(caller: Caller, frames: Frames, *people: Caller | str) -> dict[str, Any]:
    ids = [each if isinstance(each, str) else each.user_id for each in people]
    send(ws_presence, caller, "asker", user_ids=ids)
    frame = frames("asker")[-1]
    assert frame["event"] == "presence"
    return {each["user_id"]: each["online"] for each in frame["data"]["users"]}


def test_presence_is_visible_to_followers_and_in_common_conversations(frames: Frames) -> None:
    me, followed, partner, colleague, outsider, hidden, blocked = (a_user() for _ in range(7))
    gone = new_id()
    for person in (followed, partner, colleague, outsider, hidden, blocked):
        a_socket(person, f"socket-{person.user_id}")
    for person in (followed, hidden, blocked):
        connect(me, "follows", person)
    connect(me, "blocked_by", blocked)
    User(hidden.user_id).update(actions=[User.show_presence.set(False)])
    a_pair(me, partner)
    group = a_room(me, colleague, is_group=True)
    for each in (me, colleague):
        a_row(each, group)
    people = (followed, partner, colleague, outsider, hidden, blocked)
    assert asked(me, frames, *people, gone) == {
        followed.user_id: True,
        partner.user_id: True,
        colleague.user_id: True,
        outsider.user_id: None,
        hidden.user_id: None,
        blocked.user_id: None,
        gone: None,
    }
    close(followed, f"socket-{followed.user_id}")
    assert asked(me, frames, followed) == {followed.user_id: False}


@pytest.mark.parametrize("is_group", [True, False])
def test_who_has_not_accepted_a_conversation_shows_no_presence_there(
    is_group: bool, frames: Frames
) -> None:
    me, other, third = a_user(), a_user(), a_user()
    room = a_room(me, other, third, is_group=True) if is_group else a_pair(me, other)
    a_socket(other, "other"), a_socket(me, "me")
    a_row(me, room)
    assert asked(me, frames, other) == {other.user_id: None if is_group else True}
    a_row(other, room, "requests")
    assert asked(me, frames, other) == {other.user_id: None}
    for user, name in ((other, "other-b"), (me, "me-b")):
        close(user, name.removesuffix("-b"))
        come(user, name)
    assert not {"presence"}.intersection(events(frames, "me-b") + events(frames, "other-b"))
    a_row(other, room)
    assert asked(me, frames, other) == {other.user_id: True}


def test_an_opened_conversation_shows_nothing(frames: Frames) -> None:
    me, other = a_user(), a_user()
    room = a_pair(me, other)
    InboxRow(other.user_id, room.conversation_id).delete()  # nothing was sent
    a_socket(other, "other")
    assert asked(me, frames, other) == {other.user_id: None}


def test_a_change_of_presence_is_pushed_to_accepted_one_to_ones(frames: Frames) -> None:
    one, two, hidden = a_user(), a_user(), a_user(show_presence=False)
    a_pair(one, two), a_pair(hidden, two)
    a_socket(two, "two")

    for user in (one, hidden):
        come(user, f"of-{user.user_id}")
        close(user, f"of-{user.user_id}")
    pushed = [frame["data"]["users"] for frame in frames("two")]
    assert [(each["user_id"], each["online"]) for [each] in pushed] == [
        (one.user_id, True),
        (one.user_id, False),
    ]
    connect(two, "blocks", one)
    connect(one, "blocked_by", two)
    come(one, f"of-{one.user_id}")
    assert len(frames("two")) == 2


def test_a_socket_opens_and_closes_even_if_presence_cannot_be_pushed(
    aws: MemoryAws, caller: Caller
) -> None:
    aws.fail("dynamodb.GetItem", "ValidationException", first=1)  # of the user's sockets
    assert ws_connect.app(socket_event("$connect", "CONNECT", caller), LambdaContext()) == {
        "statusCode": 200
    }
    close(caller, "socket")
    assert not any(
        item["connection_id"]["S"] == "socket" for item in aws.dynamo.items("hoshi-connections")
    )
