"""Clients of Socket.IO, with the real socket.io-client: the lines that docs/api.md gives."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.e2e.client import Api, Person, join
from tests.e2e.socket_io_client import SocketIoClient, socket_io_client
from tests.e2e.test_rooms import befriend


def origin(api: Api) -> str:
    """Where the WebSocket is, without its path."""
    parts = urlsplit(api.socket_url)
    return f"http://{parts.netloc}"


def message(client: SocketIoClient, message_id: str) -> Any:
    """The data of this message, which may come more than once, as others may."""
    while True:
        got = client.wait_for_event("new_message")
        if got["id"] == message_id:
            return got


@contextmanager
def connected(person: Person, **given: Any) -> Iterator[SocketIoClient]:
    """A client that has connected with this person's token."""
    with socket_io_client() as client:
        options = {"auth": {"token": person.token}, **given}
        client.act("open", url=origin(person.api), options=line(person.api, **options))
        client.wait_for("connect")
        yield client


def line(api: Api, **given: Any) -> dict[str, Any]:
    """The options of docs/api.md section 5 on a laptop."""
    return {"path": urlsplit(api.socket_url).path, "transports": ["websocket"], **given}


def test_a_conversation_by_socket_io(alice: Person, bob: Person) -> None:
    room = befriend(alice, bob)
    bob.expect(201, "POST", f"/conversations/{room}/messages", {"content": "Before"})
    with connected(alice) as first, connected(bob, auth={"token": f"Bearer {bob.token}"}) as second:
        first.emit("join_room", {"roomId": room})
        history = first.wait_for_event("message_history")
        assert [each["message"] for each in history["messages"]] == ["Before"]
        assert first.wait_for_event("room_users")["roomId"] == room
        history = second.ask("join_room", {"roomId": room})
        assert [each["message"] for each in history["messages"]] == ["Before"]
        assert first.wait_for_event("user_joined")["userId"] == bob.id

        sent = first.ask("send_message", {"roomId": room, "message": "Hello!"})
        for client in (first, second):
            got = message(client, sent["id"])
            assert (got["message"], got["userId"]) == ("Hello!", alice.id)
        answer = second.ask("send_message", {"roomId": room, "message": "Hi"})
        assert (answer["message"], answer["roomId"]) == ("Hi", room)
        message(first, answer["id"])

        first.emit("typing", {"roomId": room, "isTyping": True})
        typing = second.wait_for_event("user_typing")
        assert (typing["userId"], typing["isTyping"]) == (alice.id, True)
        presence = first.ask("presence", {"user_ids": [bob.id]})
        assert presence["users"][0]["online"] is True
        assert second.ask("ping")["time"]

        refused = second.ask("join_room", {"roomId": "room-123"})
        assert refused["code"] == "invalid_input"
        second.emit("join_room", {"roomId": "room-123"})
        assert second.wait_for_event("error")["action"] == "join_room"

        second.act("disconnect")
        assert second.wait_for("disconnect")["reason"] == "io client disconnect"
        assert first.wait_for_event("user_left")["userId"] == bob.id


def test_a_client_whose_connection_breaks_connects_again_and_fetches_what_it_missed(
    alice: Person, bob: Person
) -> None:
    room = befriend(alice, bob)
    with connected(alice, reconnectionDelay=2000, randomizationFactor=0) as client:
        cursor = client.ask("sync", {})["cursor"]
        client.act("drop")
        assert client.wait_for("disconnect")["reason"] == "transport close"
        sent = bob.expect(201, "POST", f"/conversations/{room}/messages", {"content": "Missed"})
        client.wait_for("connect")
        client.emit("sync", {"cursor": cursor})
        message(client, sent["id"])
        client.ask("join_room", {"roomId": room})


def test_a_wrong_token_is_a_connect_error_and_another_one_connects(alice: Person) -> None:
    with socket_io_client() as client:
        client.act("open", url=origin(alice.api), options=line(alice.api, auth={"token": "x.y.z"}))
        refused = client.wait_for("connect_error")
        assert refused["data"]["code"] == "unauthorized"
        client.act("connect", auth={"token": alice.token})
        client.wait_for("connect")
        assert client.ask("ping")["time"]


def test_a_namespace_that_does_not_exist(alice: Person) -> None:
    with socket_io_client() as client:
        options = line(alice.api, auth={"token": alice.token})
        client.act("open", url=f"{origin(alice.api)}/admin", options=options)
        assert client.wait_for("connect_error")["message"] == "Invalid namespace"


def test_the_session_ends_at_the_next_packet_after_a_logout(alice: Person) -> None:
    with connected(alice, reconnection=False) as client:
        alice.expect(200, "POST", "/auth/logout")
        client.emit("ping", {})
        assert client.wait_for_event("error")["code"] == "unauthorized"
        client.wait_for("disconnect")


def test_socialhubs_lines_by_hand(alice: Person, bob: Person) -> None:
    """`wscat -c ".../socket.io/?EIO=4&transport=websocket" -H "Authorization: Bearer $TOKEN"`."""
    room = befriend(alice, bob)
    with by_hand(alice.api, Authorization=f"Bearer {alice.token}") as socket:
        opened = json.loads(next_packet(socket, "0"))
        assert (opened["upgrades"], opened["pingInterval"]) == ([], 7_200_000)
        socket.send(f'42["join_room",{{"roomId":"{room}"}}]')
        assert f'"roomId":"{room}"' in next_packet(socket, '42["message_history",')
        socket.send(f'42["send_message",{{"roomId":"{room}","message":"Hello!"}}]')
        assert '"message":"Hello!"' in next_packet(socket, '42["new_message",')


def test_who_does_not_say_who_they_are_is_closed(alice: Person) -> None:
    began = time.monotonic()
    with by_hand(alice.api) as socket:
        next_packet(socket, "0")
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=60)
        assert 19 < time.monotonic() - began < 60


def test_nothing_can_be_done_before_the_first_packet(alice: Person) -> None:
    with by_hand(alice.api) as socket:
        next_packet(socket, "0")
        socket.send('42["presence",{"user_ids":[]}]')
        assert '"code":"unauthorized"' in next_packet(socket, '42["error",')
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=60)


def test_a_handshake_with_a_wrong_token_is_refused(api: Api) -> None:
    with pytest.raises(InvalidStatus) as refused, by_hand(api, Authorization="Bearer x.y.z"):
        pass
    assert refused.value.response.status_code == 401


def test_garbage_is_an_error_and_the_socket_stays_open(api: Api) -> None:
    someone = join(api, "garbage")
    with connected(someone) as client:
        for text in ("7", "bAAAA", '451-["a"]', '42["ping"', "4", '42["ping",{"n":NaN}]', "é"):
            client.act("raw", text=text)
            assert client.wait_for_event("error")["code"] == "invalid_json"
        client.act("raw", text=json.dumps(["ping", {"n": "x" * 131_072}]).join(["42", ""]))
        assert client.wait_for_event("error")["code"] == "payload_too_large"
        client.act("raw", text='42["$disconnect",{}]')
        assert client.wait_for_event("error")["code"] == "unknown_action"
        assert client.ask("ping")["time"]


@contextmanager
def by_hand(api: Api, **headers: str) -> Iterator[Any]:
    """A WebSocket to the path that clients of Socket.IO append."""
    url = f"{api.socket_url}/socket.io/?EIO=4&transport=websocket"
    with connect(url, additional_headers=headers, open_timeout=30, proxy=None) as socket:
        yield socket


def next_packet(socket: Any, beginning: str) -> str:
    """The rest of the next packet that begins so."""
    while True:
        text: str = socket.recv(timeout=45)
        if text.startswith(beginning):
            return text.removeprefix(beginning)
