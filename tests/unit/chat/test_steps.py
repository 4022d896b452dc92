"""How many steps and calls a message and typing take, over the socket and over HTTP."""

from collections.abc import Callable

import pytest

from chat import send_message, ws_join_room, ws_send_message, ws_typing
from chat.models import Conversation
from shared.access.caller import Caller
from shared.aws.clients import client, push_client
from shared.ids import new_id
from tests.bench.memory import Call, noted
from tests.support.gateway import LambdaContext
from tests.support.memory_aws import MemoryAws
from tests.unit.chat.conftest import (
    a_room,
    a_row,
    a_socket,
    a_user,
    befriend,
    call,
    connect,
    socket_event,
)

PUSH = "PostToConnection"


def steps_of(act: Callable[[], object]) -> list[list[str]]:
    """The operations of each step, the second time, when all that is kept is there."""
    act()
    with noted(client("dynamodb"), push_client()) as calls:
        act()
    return [operations(calls, step) for step in range(1, max(each.step for each in calls) + 1)]


def operations(calls: list[Call], step: int) -> list[str]:
    return sorted(each.operation for each in calls if each.step == step)


def joined(room: Conversation, user: Caller, name: str) -> None:
    a_socket(user, name)
    event = socket_event("join_room", caller=user, body={"conversation_id": room.conversation_id})
    event["requestContext"]["connectionId"] = name
    ws_join_room.app(event, LambdaContext())


def typing(user: Caller, room: Conversation) -> Callable[[], object]:
    body = {"conversation_id": room.conversation_id, "is_typing": True}
    return lambda: ws_typing.app(socket_event("typing", caller=user, body=body), LambdaContext())


def sending(user: Caller, room: Conversation) -> Callable[[], object]:
    def send() -> None:
        body = {
            "conversation_id": room.conversation_id,
            "content": "Hello",
            "client_message_id": new_id(),
        }
        ws_send_message.app(socket_event("send_message", caller=user, body=body), LambdaContext())

    return send


@pytest.fixture
def pair() -> tuple[Caller, Caller, Conversation]:
    """Two friends in their room."""
    one, other = a_user(), a_user()
    befriend(one, other)
    room = a_room(one, other)
    for each in (one, other):
        a_row(each, room)
    joined(room, one, "socket"), joined(room, other, "b")
    return one, other, room


def a_group(members: int, present: int) -> tuple[Caller, Conversation]:
    people = [a_user() for _ in range(members)]
    room = a_room(*people, is_group=True)
    for number, each in enumerate(people[:present]):
        joined(room, each, "socket" if number == 0 else f"socket-{number}")
    return people[0], room


def test_typing_to_one_other_is_three_calls_and_a_push(
    pair: tuple[Caller, Caller, Conversation],
) -> None:
    one, _, room = pair
    assert steps_of(typing(one, room)) == [["Query", "UpdateItem"], ["BatchGetItem"], [PUSH]]


def test_typing_in_a_group_is_three_calls_and_a_push_per_socket() -> None:
    one, room = a_group(members=60, present=25)
    assert steps_of(typing(one, room)) == [["Query", "UpdateItem"], ["BatchGetItem"], [PUSH] * 24]


def test_typing_beside_a_block_is_refused_though_the_other_is_not_there(
    pair: tuple[Caller, Caller, Conversation], aws: MemoryAws
) -> None:
    one, other, room = pair
    away = a_room(one, other)
    for here in (room, away):
        connect(one, "blocks", other)
        typing(one, here)()
        assert "conversation_not_found" in aws.pushed["socket"][-1]


def test_a_message_between_two_takes_three_steps_before_it_is_pushed(
    pair: tuple[Caller, Caller, Conversation],
) -> None:
    one, _, room = pair
    admission, reads, write, *pushes = steps_of(sending(one, room))
    assert admission == ["BatchGetItem", "UpdateItem"]
    assert set(reads) == {"BatchGetItem"}
    assert write == ["TransactWriteItems"]
    assert pushes == [[PUSH], [PUSH]]  # to the other, and the answer


def test_a_message_over_http_takes_four(pair: tuple[Caller, Caller, Conversation]) -> None:
    one, _, room = pair
    path, route = (
        {"conversation_id": room.conversation_id},
        "POST /conversations/{conversation_id}/messages",
    )

    def send() -> None:
        assert call(send_message.app, route, one, path=path, body={"content": "Hello"})[0] == 201

    steps = steps_of(send)
    assert [PUSH in each for each in steps] == [False] * 4 + [True]


def test_a_message_to_250_members_with_20_sockets_takes_seven_steps() -> None:
    one, room = a_group(members=250, present=20)
    steps = steps_of(sending(one, room))
    assert [each.count(PUSH) for each in steps] == [0, 0, 0, 0, 0, 19, 1]
    assert steps[4] == ["BatchGetItem", "TransactWriteItems"]  # sessions are asked for beside it
