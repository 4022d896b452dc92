"""Two members of a group between whom there is a block: neither is shown anything of the other.

Every route and every frame of chat is walked, as the one who blocks and as the one who is blocked.
What the reader gets may contain neither the other's id nor name, nor anything of what they wrote.
"""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from chat import (
    add_participant,
    answer_message_request,
    create_conversation,
    create_group,
    get_conversation,
    hide_conversation,
    leave_group,
    list_conversations,
    list_events,
    list_messages,
    mark_conversation_read,
    mute_conversation,
    react_to_message,
    remove_participant,
    search_messages,
    send_message,
    unsend_message,
    update_group,
    ws_connect,
    ws_disconnect,
    ws_join_room,
    ws_leave_room,
    ws_mark_read,
    ws_presence,
    ws_react,
    ws_send_message,
    ws_sync,
    ws_typing,
    ws_unsend,
)
from chat import personal_data as of_chat
from chat.conversation_views import conversation_shapes
from chat.event_log import replay
from chat.models import Conversation, InboxRow, Message
from chat.on_chat_changed import list_new_groups, update_inboxes
from infra.routes import http_lambdas
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.dynamodb.changes import Change
from shared.ids import first_id_at, new_id
from shared.realtime.frame_log import Reference, keep
from tests.support.gateway import LambdaContext, gateway_event
from tests.support.memory_aws import MemoryAws
from tests.unit.chat.conftest import (
    Frames,
    a_message,
    a_room,
    a_socket,
    a_user,
    befriend,
    connect,
    created,
    removed,
    socket_event,
)

WORDS = "Only for those without a block between"
SIDES = ("blocker", "blocked")


@dataclass
class World:
    """A group of the reader, the hidden member and a third one, all with a socket in it."""

    reader: Caller
    hidden: Caller
    third: Caller
    friend: Caller  # of the reader and the third, not in the group
    room: Conversation
    of_hidden: Message
    of_third: Message  # to which the hidden member has reacted
    of_reader: Message

    @property
    def room_id(self) -> str:
        return str(self.room.conversation_id)

    def traces(self) -> list[str]:
        """What the reader must not be shown."""
        return [self.hidden.user_id, self.hidden.username, WORDS, self.of_hidden.message_id]


@pytest.fixture(params=SIDES)
def world(request: pytest.FixtureRequest, aws: MemoryAws) -> World:
    reader, hidden, third, friend = a_user(), a_user(), a_user(), a_user()
    first, second = (reader, hidden) if request.param == "blocker" else (hidden, reader)
    connect(first, "blocks", second)
    connect(second, "blocked_by", first)
    befriend(reader, friend)
    befriend(third, friend)
    room = a_room(third, hidden, reader, is_group=True)
    room.name = "Weekend"
    room.members[0]["role"] = room.members[1]["role"] = room.members[2]["role"] = "admin"
    room.save()
    for each in (reader, hidden, third):
        a_socket(each, each.user_id)
    list_new_groups([Change(None, room, "1", "", timestamp())])
    of_third = a_message(room, third, reactions=[{"user_id": hidden.user_id, "emoji": "🔥"}])
    of_reader = a_message(room, reader)
    note = a_message(
        room,
        third,
        content=None,
        type="system",
        system={"kind": "added", "user_ids": [hidden.user_id]},
    )
    of_hidden = a_message(room, hidden, content=WORDS)
    found = World(reader, hidden, third, friend, room, of_hidden, of_third, of_reader)
    messages = (of_third, of_reader, note, of_hidden)
    update_inboxes([created(each, number) for number, each in enumerate(messages, 1)])
    return found


def http(handler: Any, route: str, caller: Caller, **given: Any) -> tuple[int, str]:
    """The status of a call, and its answer as text."""
    answer = handler.app(gateway_event(route, caller=caller, **given), LambdaContext())
    text = json.dumps(json.loads(answer["body"]), ensure_ascii=False)
    return answer["statusCode"], text


def frame(handler: Any, caller: Caller, **body: Any) -> None:
    """A frame of the caller's socket."""
    kind = {ws_connect: "CONNECT", ws_disconnect: "DISCONNECT"}.get(handler, "MESSAGE")
    event = socket_event("x", kind, caller, body)
    event["requestContext"]["connectionId"] = caller.user_id
    assert handler.app(event, LambdaContext())["statusCode"] == 200


ROOM = "/conversations/{conversation_id}"
# By Lambda: its route, what else the reader sends, and the status of the answer.
ROUTES: dict[str, tuple[Any, str, Any, int]] = {
    "get_conversation": (get_conversation, f"GET {ROOM}", {}, 200),
    "list_conversations": (list_conversations, "GET /conversations", {}, 200),
    "list_messages": (list_messages, f"GET {ROOM}/messages", {}, 200),
    "search_messages": (
        search_messages,
        f"GET {ROOM}/messages/search",
        {"query": {"q": "block"}},
        200,
    ),
    "update_group": (update_group, f"PUT {ROOM}", {"body": {"group_name": "Us"}}, 200),
    "mute_conversation": (mute_conversation, f"PUT {ROOM}/mute", {"body": {"is_muted": True}}, 200),
    "hide_conversation": (hide_conversation, f"DELETE {ROOM}", {}, 200),
    "leave_group": (leave_group, f"DELETE {ROOM}/leave", {}, 200),
    "mark_conversation_read": (mark_conversation_read, f"POST {ROOM}/read", {}, 200),
    "send_message": (send_message, f"POST {ROOM}/messages", {"body": {"content": "Hi"}}, 201),
    "answer_message_request": (
        answer_message_request,
        f"PUT {ROOM}/request",
        {"body": {"accept": True}},
        404,
    ),
    "list_events": (list_events, "GET /events", {"query": {"since": "0" * 26}}, 200),
}
# Those that name a person or a message: named are the hidden one's, which do not exist.
NAMING: dict[str, Any] = {
    "add_participant": lambda world: (
        add_participant,
        f"POST {ROOM}/participants",
        {"body": {"user_id": world.hidden.user_id}},
        "user_not_found",
    ),
    "remove_participant": lambda world: (
        remove_participant,
        f"DELETE {ROOM}/participants/{{user}}",
        {"path": {"user": world.hidden.user_id}},
        "user_not_found",
    ),
    "update_group": lambda world: (
        update_group,
        f"PUT {ROOM}",
        {"body": {"admin_ids": [world.hidden.user_id]}},
        "user_not_found",
    ),
    "react_to_message": lambda world: (
        react_to_message,
        "PUT /messages/{message_id}/reaction",
        {"path": {"message_id": world.of_hidden.message_id}, "body": {"emoji": "🔥"}},
        "message_not_found",
    ),
    "unsend_message": lambda world: (
        unsend_message,
        "DELETE /messages/{message_id}",
        {"path": {"message_id": world.of_hidden.message_id}},
        "message_not_found",
    ),
    "send_message": lambda world: (
        send_message,
        f"POST {ROOM}/messages",
        {"body": {"content": "Hi", "reply_to_message_id": world.of_hidden.message_id}},
        "message_not_found",
    ),
    "mark_conversation_read": lambda world: (
        mark_conversation_read,
        f"POST {ROOM}/read",
        {"body": {"message_id": world.of_hidden.message_id}},
        "message_not_found",
    ),
    "create_conversation": lambda world: (
        create_conversation,
        "POST /conversations",
        {"body": {"participant_ids": [world.hidden.user_id]}},
        "user_not_found",
    ),
    "create_group": lambda world: (
        create_group,
        "POST /conversations/group",
        {"body": {"participant_ids": [world.hidden.user_id], "group_name": "Us"}},
        "user_not_found",
    ),
}


def test_the_tables_name_every_route() -> None:
    here = {name for service, name, _ in http_lambdas() if service == "chat"}
    assert here == ROUTES.keys() | NAMING.keys()


@pytest.mark.parametrize("name", ROUTES)
def test_a_route_shows_nothing_of_the_other(name: str, world: World) -> None:
    handler, route, more, expected = ROUTES[name]
    path = {"conversation_id": world.room_id}
    status, text = http(handler, route, world.reader, path=path, **more)
    assert status == expected, text
    assert [each for each in world.traces() if each in text] == []


@pytest.mark.parametrize("name", NAMING)
def test_what_is_of_the_other_does_not_exist(name: str, world: World) -> None:
    handler, route, given, code = NAMING[name](world)
    path = {"conversation_id": world.room_id, **given.pop("path", {})}
    status, text = http(handler, route, world.reader, path=path, **given)
    assert (status, json.loads(text)["code"]) == (404, code)


def test_a_third_member_is_shown_both(world: World) -> None:
    """The tests above look for something that is there."""
    path = {"conversation_id": world.room_id}
    _, shown = http(list_messages, f"GET {ROOM}/messages", world.third, path=path)
    _, room = http(get_conversation, f"GET {ROOM}", world.third, path=path)
    assert [each for each in world.traces() if each not in shown + room] == []
    assert json.loads(room)["has_blocked_member"] is False


def test_each_learns_that_somebody_is_there(world: World) -> None:
    path = {"conversation_id": world.room_id}
    for each in (world.reader, world.hidden):
        shape = json.loads(http(get_conversation, f"GET {ROOM}", each, path=path)[1])
        assert (shape["has_blocked_member"], shape["participant_count"]) == (True, 3)
        assert len(shape["participants"]) == 2


def test_their_messages_are_neither_unread_nor_last(world: World) -> None:
    rows = [InboxRow.find(each.user_id, world.room_id) for each in (world.reader, world.third)]
    assert [row and row.unread_count for row in rows] == [1, 2]
    [row, other] = rows
    assert row
    assert other
    assert row.last_message_id < world.of_hidden.message_id
    assert other.last_message_id == world.of_hidden.message_id
    other.user_id = world.reader.user_id  # as if the message was counted before the block
    [shape] = conversation_shapes(world.reader.user_id, [(world.room, other)])
    assert (shape["last_message"], shape["last_message_at"]) == (None, None)


def test_unsending_takes_back_what_was_counted(world: World) -> None:
    def state(who: Caller) -> tuple[int, bool]:
        """How many are unread, and whether the other's message is the last one."""
        row = InboxRow.find(who.user_id, world.room_id)
        assert row
        assert row.last_message_id
        return row.unread_count, row.last_message_id == world.of_hidden.message_id

    assert (state(world.reader), state(world.third)) == ((1, False), (2, True))
    world.of_third.delete()
    update_inboxes([removed(world.of_third, 11)])
    assert (state(world.reader), state(world.third)) == ((0, False), (2, True))
    world.of_hidden.delete()
    update_inboxes([removed(world.of_hidden, 12)])
    assert (state(world.reader), state(world.third)) == ((0, False), (1, False))


def test_reading_counts_neither_their_messages_nor_system_messages(world: World) -> None:
    """Who reads the first of five messages has those of the third member left, but no other."""
    later = [
        a_message(world.room, world.third),
        a_message(world.room, world.third, type="system", system={"kind": "left", "user_ids": []}),
        a_message(world.room, world.hidden),
    ]
    update_inboxes([created(each, number) for number, each in enumerate(later, 21)])
    path, route = {"conversation_id": world.room_id}, f"POST {ROOM}/read"
    body = {"message_id": world.of_third.message_id}
    for reader, expected in ((world.reader, 1), (world.third, 3)):
        _, text = http(mark_conversation_read, route, reader, path=path, body=body)
        assert json.loads(text)["unread_count"] == expected


def test_who_cannot_be_seen_keeps_their_role(world: World) -> None:
    path, route = {"conversation_id": world.room_id}, f"PUT {ROOM}"
    body = {"admin_ids": [world.reader.user_id]}
    assert http(update_group, route, world.reader, path=path, body=body)[0] == 200
    room = Conversation.find(world.room_id)
    assert room
    assert {each["user_id"]: each["role"] for each in room.members} == {
        world.third.user_id: "member",
        world.hidden.user_id: "admin",
        world.reader.user_id: "admin",
    }


def test_the_creator_of_a_group_may_be_hidden(world: World) -> None:
    world.room.creator_id = world.hidden.user_id
    world.room.save()
    path = {"conversation_id": world.room_id}
    shape = json.loads(http(get_conversation, f"GET {ROOM}", world.reader, path=path)[1])
    assert shape["creator_id"] is None


def test_an_export_shows_nothing_of_the_other(world: World) -> None:
    pair = a_room(world.hidden, world.reader)
    left = a_room(world.hidden, world.third, is_group=True)
    world.room.creator_id = world.hidden.user_id
    world.room.save()
    own = [a_message(room, world.reader, content="Mine") for room in (pair, left)]
    others = [a_message(room, world.hidden) for room in (pair, left)]
    for room in (pair, left):
        InboxRow(world.reader.user_id, room.conversation_id, folder="inbox").save()
    topics = {each.name: list(each.content) for each in of_chat.export_of(world.reader.user_id)}
    text = json.dumps(topics, ensure_ascii=False)
    assert world.of_third.message_id in text
    hidden = [*world.traces(), *(each.message_id for each in others)]
    assert [each for each in hidden if each in text] == []
    assert [each["conversation_id"] for each in topics["conversations"]] == [world.room_id]
    for room, message in zip((pair, left), own, strict=True):
        [shown] = topics[f"messages/{room.conversation_id}"]
        assert (shown["message_id"], shown["content"]) == (message.message_id, "Mine")


# What a member does, by socket or by HTTP.
DEEDS: dict[str, Any] = {
    "send": lambda world, who: frame(
        ws_send_message, who, conversation_id=world.room_id, content=WORDS
    ),
    "type": lambda world, who: frame(ws_typing, who, conversation_id=world.room_id, is_typing=True),
    "react": lambda world, who: frame(
        ws_react, who, message_id=world.of_third.message_id, emoji="💧"
    ),
    "read": lambda world, who: frame(ws_mark_read, who, conversation_id=world.room_id),
    "unsend": lambda world, who: frame(ws_unsend, who, message_id=own(world, who).message_id),
    "leave and join": lambda world, who: (
        frame(ws_leave_room, who, conversation_id=world.room_id),
        frame(ws_join_room, who, conversation_id=world.room_id),
    ),
    "close and open": lambda world, who: (
        frame(ws_join_room, who, conversation_id=world.room_id),
        frame(ws_disconnect, who),
        frame(ws_connect, who),
    ),
}


def own(world: World, who: Caller) -> Message:
    of = {world.hidden.user_id: world.of_hidden, world.third.user_id: world.of_third}
    return of[who.user_id]


def all_join(world: World, aws: MemoryAws) -> None:
    for each in (world.reader, world.hidden, world.third):
        frame(ws_join_room, each, conversation_id=world.room_id)


@pytest.mark.parametrize("deed", DEEDS)
def test_no_frame_reports_what_the_other_does(
    deed: str, world: World, aws: MemoryAws, frames: Frames
) -> None:
    all_join(world, aws)
    aws.pushed.clear()
    DEEDS[deed](world, world.hidden)
    assert frames(world.reader.user_id) == []
    assert frames(world.third.user_id) != []


def test_what_a_third_member_does_to_a_message_of_the_other_is_not_shown(
    world: World, aws: MemoryAws, frames: Frames
) -> None:
    all_join(world, aws)
    aws.pushed.clear()
    of_hidden = world.of_hidden.message_id
    frame(ws_react, world.third, message_id=of_hidden, emoji="💧")
    frame(ws_mark_read, world.third, conversation_id=world.room_id, message_id=of_hidden)
    assert frames(world.reader.user_id) == []
    about = {"conversation_id": world.room_id, "user_id": world.third.user_id}
    for message, expected in ((world.of_hidden, []), (world.of_third, ["message_reaction"])):
        reference = {**about, "message_id": message.message_id}
        keep([(world.reader.user_id, Reference("message_reaction", new_id(), reference))])
        page = replay(world.reader.user_id, first_id_at(now() - 100), 200)
        reactions = [each.event for each in page.frames if each.event == "message_reaction"]
        assert reactions == expected


@pytest.mark.parametrize("deed", DEEDS)
def test_frames_of_a_third_member_show_nothing_of_the_other(
    deed: str, world: World, aws: MemoryAws, frames: Frames
) -> None:
    all_join(world, aws)
    aws.pushed.clear()
    if deed == "read":  # of the third's own message: the newest one is the other's
        own_id = world.of_third.message_id
        frame(ws_mark_read, world.third, conversation_id=world.room_id, message_id=own_id)
    else:
        DEEDS[deed](world, world.third)
    text = json.dumps(frames(world.reader.user_id), ensure_ascii=False)
    assert text != "[]"
    assert [each for each in world.traces()[:2] if each in text] == []


def test_joining_and_asking_show_nothing_of_the_other(
    world: World, aws: MemoryAws, frames: Frames
) -> None:
    all_join(world, aws)
    frame(ws_join_room, world.reader, conversation_id=world.room_id)
    frame(ws_presence, world.reader, user_ids=[world.hidden.user_id, world.third.user_id])
    frame(ws_sync, world.reader, cursor="0" * 26)
    frame(ws_send_message, world.reader, conversation_id=world.room_id, content="Hi")
    frame(ws_react, world.reader, message_id=world.of_third.message_id, emoji="💧")
    received = frames(world.reader.user_id)
    assert {each["event"] for each in received} >= {
        "message_history",
        "room_users",
        "presence",
        "synced",
        "new_message",
        "message_reaction",
    }
    asked = [each for each in received if each["event"] == "presence"]
    assert asked[0]["data"]["users"][0]["online"] is None
    text = json.dumps([each for each in received if each not in asked], ensure_ascii=False)
    assert [each for each in world.traces() if each in text] == []
