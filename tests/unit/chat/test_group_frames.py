"""`conversation_updated`: every change of a group reaches its members' sockets and their logs."""

from typing import Any

import pytest

from chat import answer_message_request
from chat.event_log import replay
from chat.message_removal import unsend
from chat.models import Conversation, InboxRow, Message
from chat.on_chat_changed import update_inboxes
from chat.reactions import react
from chat.read_positions import mark_read
from shared.access.caller import Caller
from shared.aws.clients import client
from shared.clock import now
from shared.ids import first_id_at
from tests.bench.memory import noted
from tests.support.memory_aws import MemoryAws
from tests.unit.chat.conftest import (
    Frames,
    a_message,
    a_room,
    a_socket,
    a_user,
    befriend,
    call,
    connect,
)
from tests.unit.chat.conftest import created as stored
from tests.unit.chat.test_groups import add, change, friends, leave, remove, start


def deliver(room_id: str, known: set[str]) -> None:
    """Let the stream deliver the messages that are not known yet."""
    found = [each for each in Message.query(room_id) if each.message_id not in known]
    known |= {each.message_id for each in found}
    update_inboxes([stored(each, number) for number, each in enumerate(found, len(known))])


def updates(frames: list[Any]) -> list[tuple[str, list[str], bool]]:
    """The changes that frames report, of whom, and whether they show the conversation."""
    return [
        (data["change"], data["user_ids"], data["conversation"] is not None)
        for frame in frames
        if frame["event"] == "conversation_updated"
        for data in [frame["data"]]
    ]


def replayed(user: Caller) -> list[Any]:
    page = replay(user.user_id, first_id_at(now() - 600), 100)
    return [{"event": each.event, "data": each.data} for each in page.frames]


def test_every_change_is_pushed_and_logged(aws: MemoryAws, frames: Frames) -> None:
    one, two, three, four = friends(4)
    for each in (one, two, three, four):
        a_socket(each, each.user_id)
    room_id, known = start(one, two, three)["id"], set[str]()
    expected: list[tuple[str, list[str], bool]] = []

    def follows(kind: str, *people: Caller) -> None:
        deliver(room_id, known)
        expected.append((kind, [each.user_id for each in people], True))
        assert updates(frames(two.user_id)) == expected

    follows("created", one)
    change(two, room_id, group_name="Us")
    follows("group_updated", two)
    add(two, room_id, four)
    follows("participant_added", four)
    change(one, room_id, admin_ids=[one.user_id, two.user_id])
    follows("group_updated", one)
    remove(one, room_id, three)
    follows("participant_removed", three)
    leave(one, room_id)
    follows("participant_left", one)
    assert updates(replayed(two)) == expected
    data = next(each["data"] for each in replayed(two) if each["event"] == "conversation_updated")
    assert data["conversation"]["group_name"] == "Us"  # as it is now
    texts = [each["data"]["content"] for each in frames(two.user_id) if "content" in each["data"]]
    assert texts[-1] == f"{one.username} left the group"


def test_who_was_removed_or_left_gets_a_last_frame(aws: MemoryAws, frames: Frames) -> None:
    one, two, three = friends(3)
    for each in (one, two, three):
        a_socket(each, each.user_id)
    room_id, known = start(one, two, three)["id"], set[str]()
    deliver(room_id, known)
    remove(one, room_id, three)
    leave(two, room_id)
    deliver(room_id, known)
    change(one, room_id, group_name="Without them")
    deliver(room_id, known)
    for gone, kind in ((three, "participant_removed"), (two, "participant_left")):
        last = (kind, [gone.user_id], False)
        assert updates(frames(gone.user_id))[-1] == last
        assert updates(replayed(gone)) == [last]  # the rest is not theirs to see any more
        assert "Without them" not in str(frames(gone.user_id) + replayed(gone))


def test_an_addition_is_not_about_those_with_a_block_between(
    aws: MemoryAws, frames: Frames
) -> None:
    one, two, three, four = friends(4)
    connect(two, "blocks", three)
    connect(three, "blocked_by", two)
    a_socket(two, "two")
    room_id, known = start(one, two)["id"], set[str]()
    deliver(room_id, known)
    aws.pushed.clear()
    add(one, room_id, three, four)
    deliver(room_id, known)
    assert updates(frames("two")) == [("participant_added", [four.user_id], True)]
    assert three.user_id not in str(frames("two"))
    assert three.username not in str(frames("two"))
    remove(one, room_id, three)
    aws.pushed.clear()
    deliver(room_id, known)
    assert updates(frames("two")) == []
    assert three.user_id not in str(frames("two"))


@pytest.mark.parametrize("is_group", [False, True])
def test_an_accepted_request_is_reported(is_group: bool, aws: MemoryAws, frames: Frames) -> None:
    one, other = a_user(), a_user()
    room = a_room(one, other, a_user(), folder="requests", is_group=True)
    if not is_group:
        room = a_room(one, other, folder="requests")
    for each in (one, other):
        a_socket(each, each.user_id)
        InboxRow(
            each.user_id, room.conversation_id, folder="requests", active_at=room.created_at
        ).save()
    route = "PUT /conversations/{conversation_id}/request"
    path = {"conversation_id": room.conversation_id}
    for accept in (True, False):
        call(answer_message_request.app, route, other, path=path, body={"accept": accept})
    expected = [("request_accepted", [other.user_id], True)]
    assert updates(frames(other.user_id)) == updates(replayed(other)) == expected
    assert updates(frames(one.user_id)) == ([] if is_group else expected)


def test_a_declined_request_is_reported_to_nobody(aws: MemoryAws, frames: Frames) -> None:
    one, other = a_user(), a_user()
    befriend(one, other)
    rooms = [
        a_room(one, other, folder="requests"),
        a_room(one, other, a_user(), folder="requests", is_group=True),
    ]
    a_socket(one, "one")
    for room in rooms:
        InboxRow(
            other.user_id, room.conversation_id, folder="requests", active_at=room.created_at
        ).save()
        path = {"conversation_id": room.conversation_id}
        route = "PUT /conversations/{conversation_id}/request"
        status, _ = call(
            answer_message_request.app, route, other, path=path, body={"accept": False}
        )
        assert status == 200
        deliver(room.conversation_id, set())
    assert frames("one") == []
    left = Conversation.find(rooms[1].conversation_id)
    assert left
    assert not left.has(other.user_id)


def test_no_frame_is_about_what_was_before_one_joined(aws: MemoryAws, frames: Frames) -> None:
    one, two, three = friends(3)
    room_id = start(one, two)["id"]
    room = Conversation.find(room_id)
    assert room
    earlier = [a_message(room, two) for _ in range(2)]
    add(one, room_id, three)
    for each in (one, three):
        a_socket(each, each.user_id)
    react(two, earlier[0].message_id, "🔥")
    mark_read(two, room_id, earlier[0].message_id)
    unsend(two, earlier[0].message_id)
    assert frames(three.user_id) == []
    events = [each["event"] for each in frames(one.user_id)]
    assert events == ["message_reaction", "message_read", "message_deleted"]
    later = a_message(room, two)
    mark_read(two, room_id, later.message_id)
    assert [each["event"] for each in frames(three.user_id)] == ["message_read"]


def test_a_new_group_is_read_consistently() -> None:
    """It is as new as the message that reports it: one that was not found would be lost."""
    one, two = friends(2)
    room_id = start(one, two)["id"]
    with noted(client("dynamodb")) as calls:
        deliver(room_id, set())
    [read, *_] = [
        each.parameters["RequestItems"]["hoshi-conversations"]
        for each in calls
        if "hoshi-conversations" in each.parameters.get("RequestItems", {})
    ]
    assert read["ConsistentRead"] is True
