"""One reaction of each member, by the message's id alone."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chat import react_to_message, ws_react
from chat.models import Message
from shared.access.caller import Caller
from shared.aws.clients import client
from shared.ids import new_id
from tests.bench.memory import noted
from tests.support.gateway import LambdaContext
from tests.unit.chat.conftest import (
    Frames,
    a_message,
    a_room,
    a_socket,
    a_user,
    call,
    connect,
    socket_event,
)


def put(caller: Caller, message_id: str, emoji: Any) -> tuple[int, Any]:
    route = "PUT /messages/{message_id}/reaction"
    path = {"message_id": message_id}
    return call(react_to_message.app, route, caller, path=path, body={"emoji": emoji})


def test_a_reaction_is_replaced_and_removed() -> None:
    one, other = a_user(), a_user()
    message = a_message(a_room(one, other), one)
    assert put(other, message.message_id, "🔥")[0] == 200
    assert put(one, message.message_id, "👍")[0] == 200
    _, body = put(other, message.message_id, "❤️")
    assert body == {
        "message_id": message.message_id,
        "reactions": [
            {"user_id": one.user_id, "emoji": "👍"},
            {"user_id": other.user_id, "emoji": "❤️"},
        ],
    }
    for _ in range(2):
        _, body = put(one, message.message_id, None)
        assert [each["user_id"] for each in body["reactions"]] == [other.user_id]


@pytest.mark.parametrize("emoji", ["", "x" * 17, "\x00", "\u200b", "\ud800", 5])
def test_what_is_no_reaction(emoji: Any) -> None:
    one, other = a_user(), a_user()
    message = a_message(a_room(one, other), one)
    assert put(other, message.message_id, emoji)[1]["code"] == "invalid_input"


def test_for_who_is_not_a_member_the_message_does_not_exist() -> None:
    one, other, outsider = a_user(), a_user(), a_user()
    message = a_message(a_room(one, other), one)
    connect(one, "blocks", other)
    connect(other, "blocked_by", one)
    tries = [(user, message.message_id) for user in (one, other, outsider)]
    for caller, message_id in [*tries, (one, new_id()), (one, "x" * 3000)]:
        status, body = put(caller, message_id, "🔥")
        assert (status, body["code"]) == (404, "message_not_found")


def test_parallel_reactions_are_all_kept() -> None:
    people = [a_user() for _ in range(8)]
    message = a_message(room := a_room(*people, is_group=True), people[0])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda user: put(user, message.message_id, "🔥"), people))
    stored = Message.find(room.conversation_id, message.message_id)
    assert stored
    assert {each["user_id"] for each in stored.reactions} == {each.user_id for each in people}
    assert len(stored.reactions) == len(people)


def test_the_frame_goes_to_every_member_once(frames: Frames) -> None:
    one, other = a_user(), a_user()
    message = a_message(room := a_room(one, other), one)
    for user, name in ((one, "a"), (other, "socket")):
        a_socket(user, name)
    frame = {"action": "react", "message_id": message.message_id, "emoji": "🔥"}
    for _ in range(2):
        event = socket_event("react", caller=other, body=frame)
        assert ws_react.app(event, LambdaContext()) == {"statusCode": 200}
    [pushed] = frames("a")
    assert pushed["event"] == "message_reaction"
    assert pushed["data"] == {
        "conversation_id": room.conversation_id,
        "roomId": room.conversation_id,
        "message_id": message.message_id,
        "user_id": other.user_id,
        "emoji": "🔥",
        "reactions": [{"user_id": other.user_id, "emoji": "🔥"}],
    }
    assert [each["data"] for each in frames("socket")] == [pushed["data"]] * 2
    assert ["id" in each for each in frames("socket")] == [True, False]


@pytest.mark.parametrize("present", [0, 1, 3])
def test_blocks_are_asked_for_as_few_as_are_there_to_be_shown_something(present: int) -> None:
    people = [a_user() for _ in range(12)]
    reactions = [{"user_id": each.user_id, "emoji": "👍"} for each in people[2:]]
    message = a_message(a_room(*people, is_group=True), people[0], reactions=reactions)
    for each in people[1 : 1 + present]:
        a_socket(each, each.user_id)
    with noted(client("dynamodb")) as calls:
        assert put(people[0], message.message_id, "🔥")[0] == 200
    blocks = [each for each in calls if each.parameters.get("TableName") == "hoshi-relationships"]
    assert len(blocks) == 1 + present  # those of who reacts, and of each who is there


def test_each_is_shown_no_reaction_of_who_is_blocked(frames: Frames) -> None:
    """However many are there, and however many have reacted."""
    one, other, third, away = a_user(), a_user(), a_user(), a_user()
    connect(other, "blocks", third)
    connect(third, "blocked_by", other)
    for reactors in ([third], [third, away, other]):
        reactions = [{"user_id": each.user_id, "emoji": "👍"} for each in reactors]
        room = a_room(one, other, third, away, is_group=True)
        message = a_message(room, one, reactions=reactions)
        for each in (one, other, third):
            a_socket(each, each.user_id)
        put(one, message.message_id, "🔥")
        ids = {each.user_id for each in (*reactors, one)}
        for each, unseen in ((one, None), (other, third), (third, other)):
            shown = frames(each.user_id)[-1]["data"]["reactions"]
            expected = ids - {unseen.user_id if unseen else ""}
            assert {reaction["user_id"] for reaction in shown} == expected
