"""One reaction of each member, by the message's id alone."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chat import react_to_message, ws_react
from chat.models import Message
from shared.access.caller import Caller
from shared.ids import new_id
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
