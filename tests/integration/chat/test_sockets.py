"""Open sockets, on real tables: their ids are names of attributes, and rooms an index."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.clock import now, timestamp
from shared.ids import new_id
from shared.realtime.allowed_sockets import open_sockets
from shared.realtime.sockets import (
    Connection,
    UserSockets,
    move,
    remove,
    sockets_in,
    sockets_of,
    store,
)

pytestmark = pytest.mark.usefixtures("foundation")


def a_socket(user_id: str) -> Connection:
    socket = Connection(
        f"{new_id()}.cIhw=",
        user_id=user_id,
        username="somebody",
        session_id=new_id(),
        connected_at=timestamp(),
        expires_at=int(now()) + 600,
    )
    store(socket)
    return socket


def test_a_users_sockets_open_at_the_same_time_and_close_one_by_one() -> None:
    user_id, room_id = new_id(), new_id()
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(a_socket, [user_id] * 4))
    assert {each.connection_id for each in sockets_of(user_id)} == {
        each.connection_id for each in opened
    }
    move(opened[0], room_id)
    assert [each.connection_id for each in sockets_in(room_id)] == [opened[0].connection_id]
    [entered] = [each for each in open_sockets([user_id, new_id()]) if each.room_id]
    assert (entered.connection_id, entered.room_id) == (opened[0].connection_id, room_id)
    for socket in opened:
        removed = remove(socket.connection_id)
        assert removed and removed.user_id == user_id
    assert (sockets_of(user_id), sockets_in(room_id)) == ([], [])
    item = UserSockets.find(user_id, consistent=True)
    assert item and item.expires_at == max(each.expires_at for each in opened)
