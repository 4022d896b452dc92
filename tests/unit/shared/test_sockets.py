"""Open sockets: each by its id, all of a user in one item, and those in a room by an index."""

import pytest

from shared.clock import now, stop_at, timestamp
from shared.dynamodb.tables import ConditionFailed
from shared.ids import new_id
from shared.realtime.allowed_sockets import open_sockets
from shared.realtime.delivery import send
from shared.realtime.frames import Frame
from shared.realtime.sockets import (
    Connection,
    UserSockets,
    move,
    remove,
    remove_expired,
    sockets_in,
    sockets_of,
    store,
)
from tests.support.memory_aws import MemoryAws


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, noon: float) -> None:
    """AWS in memory, and the clock stopped."""


def a_socket(
    user_id: str, connection_id: str, life: int = 7200, protocol: str | None = None
) -> Connection:
    socket = Connection(
        connection_id,
        user_id=user_id,
        username=user_id,
        session_id=new_id(),
        protocol=protocol,
        connected_at=timestamp(),
        expires_at=int(now()) + life,
    )
    store(socket)
    return socket


def entries(user_id: str) -> list[str]:
    item = UserSockets.find(user_id)
    return [each.connection_id for each in item.sockets] if item else []


def found(connection_id: str) -> Connection:
    socket = Connection.find(connection_id)
    assert socket
    return socket


def test_a_socket_is_found_by_its_user_with_all_that_a_push_needs() -> None:
    # API Gateway's ids end in "=", and a dot would be a step of a path.
    socket = a_socket("a", "L0SM.9cOFvHcCIhw=", protocol="socket.io")
    move(found(socket.connection_id), "room")
    [same] = sockets_of("a")
    for name in ("connection_id", "user_id", "session_id", "protocol", "connected_at"):
        assert getattr(same, name) == getattr(socket, name)
    assert (same.room_id, same.expires_at) == ("room", socket.expires_at)


def test_the_oldest_comes_first() -> None:
    for number in (3, 1, 2):
        with stop_at(now() + number):
            a_socket("a", f"a{number}")
    assert [each.connection_id for each in sockets_of("a")] == ["a1", "a2", "a3"]


def test_a_connection_id_is_stored_once() -> None:
    a_socket("a", "a1")
    with pytest.raises(ConditionFailed):
        a_socket("b", "a1")
    assert (entries("a"), entries("b")) == (["a1"], [])


def test_sockets_that_open_at_the_same_time_are_all_stored(aws: MemoryAws) -> None:
    aws.dynamo.cancel_transactions("TransactionConflict", times=6)
    a_socket("a", "a1")
    assert entries("a") == ["a1"]


def test_sockets_that_join_their_rooms_at_the_same_time_all_move(aws: MemoryAws) -> None:
    a_socket("a", "a1")
    aws.dynamo.cancel_transactions("TransactionConflict", times=6)
    move(found("a1"), "one")
    assert [each.room_id for each in sockets_of("a")] == ["one"]


def test_a_socket_that_is_removed_is_found_nowhere() -> None:
    a_socket("a", "a1"), a_socket("a", "a2")
    removed = remove("a1")
    assert removed and removed.user_id == "a"
    assert remove("a1") is None
    assert (Connection.find("a1"), entries("a")) == (None, ["a2"])


@pytest.mark.parametrize("operation", ["DeleteItem", "UpdateItem"])
def test_a_socket_is_removed_though_its_user_opens_or_moves_others(
    operation: str, aws: MemoryAws
) -> None:
    a_socket("a", "a1"), a_socket("a", "a2")
    aws.fail(f"dynamodb.{operation}", "TransactionConflictException", times=3)
    assert remove("a1")
    assert (Connection.find("a1"), entries("a")) == (None, ["a2"])


def test_250_users_are_asked_in_three_calls_and_consistently(aws: MemoryAws) -> None:
    a_socket("user-7", "a1")
    aws.calls.clear()
    assert [each.connection_id for each in open_sockets(f"user-{n}" for n in range(250))] == ["a1"]
    assert aws.calls == ["dynamodb.BatchGetItem"] * 4  # and one for the sessions


def test_a_socket_is_in_one_room_at_a_time() -> None:
    a_socket("a", "a1")
    move(found("a1"), "one")
    move(found("a1"), "two")
    assert [len(sockets_in(room)) for room in ("one", "two")] == [0, 1]
    assert [each.room_id for each in sockets_of("a")] == ["two"]
    move(found("a1"), None)
    assert sockets_in("two") == []
    assert [each.room_id for each in sockets_of("a")] == [None]


def test_a_socket_that_was_closed_enters_no_room() -> None:
    a_socket("a", "a1")
    socket = found("a1")
    remove("a1")
    with pytest.raises(ConditionFailed):
        move(socket, "room")
    assert (entries("a"), sockets_in("room")) == ([], [])


def test_of_two_moves_at_the_same_time_one_loses() -> None:
    a_socket("a", "a1")
    one, other = found("a1"), found("a1")
    move(one, "one")
    with pytest.raises(ConditionFailed):
        move(other, "two")
    assert [each.room_id for each in sockets_of("a")] == ["one"]


def test_an_entry_whose_socket_is_gone_is_removed_by_the_next_push(aws: MemoryAws) -> None:
    a_socket("a", "a1"), a_socket("a", "a2")
    Connection("a1").delete()  # a $disconnect that ended halfway
    aws.gone_sockets = {"a1"}
    with stop_at(now() + 61):
        send(sockets_of("a"), Frame("pong", {}))
    assert entries("a") == ["a2"]


def test_expired_sockets_are_left_out_and_removed_at_the_next_connect() -> None:
    a_socket("a", "old", life=60), a_socket("a", "new")
    with stop_at(now() + 60):
        assert [each.connection_id for each in sockets_of("a")] == ["new"]
        assert entries("a") == ["old", "new"]
        assert [each.connection_id for each in remove_expired("a")] == ["new"]
        assert entries("a") == ["new"]


def test_the_item_of_a_user_expires_with_the_newest_socket() -> None:
    a_socket("a", "old", life=100), a_socket("a", "new", life=200)
    move(found("old"), "room")
    item = UserSockets.find("a")
    assert item and item.expires_at == int(now()) + 200
