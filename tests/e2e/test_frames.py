"""Frames that are refused: an `error` each, and the socket stays open."""

import time

from tests.e2e.client import Person, Socket
from tests.e2e.test_rooms import befriend


def refused(socket: Socket, text: str) -> str:
    socket.send(text)
    code: str = socket.wait_for("error")["data"]["code"]
    return code


def test_garbage_is_an_error_and_the_socket_stays_open(alice: Person) -> None:
    with alice.socket() as socket:
        for text in ("{nope", "[]", "", "2", '42["ping",{}]', '{"action":"ping","n":NaN}'):
            assert refused(socket, text) == "invalid_json", text
        for text in ('{"action":"dance"}', '{"action":"$connect"}', '{"action":"$disconnect"}'):
            assert refused(socket, text) == "unknown_action", text
        assert refused(socket, '{"action":"join_room"}') == "invalid_input"
        assert refused(socket, '{"action":"ping","request_id":"\\ud800"}') == "invalid_input"
        padding = "x" * (131_073 - len('{"action":"ping","n":""}'))
        assert refused(socket, f'{{"action":"ping","n":"{padding}"}}') == "payload_too_large"
        socket.send({"action": "ping"})
        socket.wait_for("pong")


def test_three_hundred_frames_at_once_get_one_error_a_second(alice: Person, bob: Person) -> None:
    room = befriend(alice, bob)
    with alice.socket() as socket:
        began = time.monotonic()
        for number in range(300):
            socket.send({"action": "ping", "request_id": str(number)})
        error = socket.wait_for("error")["data"]
        assert error["code"] == "rate_limited"
        # The socket is open, and gets what others send.
        sent = bob.expect(201, "POST", f"/conversations/{room}/messages", {"content": "Hello!"})
        assert socket.wait_for("new_message")["data"]["id"] == sent["id"]
        seconds = time.monotonic() - began
    events = [frame["event"] for frame in socket.frames]
    assert 120 <= events.count("pong") <= 240, "of one minute, or of two"
    assert 1 <= events.count("error") <= seconds + 2
