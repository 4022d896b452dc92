"""Rooms on the deployed stack, over real sockets, in both dialects."""

from pathlib import Path
from socket import SHUT_RDWR
from typing import Any

from tests.e2e.client import Api, Person, Socket, join, wait_for


def befriend(one: Person, other: Person) -> str:
    """Let two people follow each other and start a conversation; returns its id."""
    for first, second in ((one, other), (other, one)):
        first.expect(200, "POST", f"/users/{second.id}/follow")
    given = one.expect(201, "POST", "/conversations", {"participant_ids": [other.id]})
    return str(given["id"])


def join_room(socket: Socket, room: str, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    socket.send({"action": "join_room", "roomId": room, **more})
    history = socket.wait_for("message_history")
    return history["data"], socket.wait_for("room_users")["data"]


def test_a_room_shows_who_joins_types_and_leaves(alice: Person, bob: Person) -> None:
    room = befriend(alice, bob)
    alice.expect(201, "POST", f"/conversations/{room}/messages", {"content": "Hello!"})
    with alice.socket() as first:
        history, users = join_room(first, room, limit=10)
        assert [each["message"] for each in history["messages"]] == ["Hello!"]
        assert [each["id"] for each in users["users"]] == [alice.id]
        with bob.socket() as second:
            _, users = join_room(second, room)
            assert {each["id"] for each in users["users"]} == {alice.id, bob.id}
            assert first.wait_for("user_joined")["data"]["userId"] == bob.id
            first.send({"action": "typing", "conversation_id": room, "is_typing": True})
            typing = second.wait_for("user_typing")["data"]
            assert (typing["user_id"], typing["isTyping"]) == (alice.id, True)
            first.send({"action": "presence", "user_ids": [bob.id], "request_id": "p"})
            frame = first.wait_for("presence")
            while frame.get("request_id") != "p":
                frame = first.wait_for("presence")
            assert frame["data"]["users"][0]["online"] is True
            second.send({"action": "leave_room", "conversation_id": room})
            second.wait_for("user_left")
            assert first.wait_for("user_left")["data"]["user_id"] == bob.id
            join_room(second, room)
            first.wait_for("user_joined")
        # A closed socket leaves its room, and its user is offline.
        assert first.wait_for("user_left")["data"]["user_id"] == bob.id
        frame = first.wait_for("presence")
        assert frame["data"]["users"][0]["online"] is False


def test_only_members_can_join_a_room(alice: Person, bob: Person, api: Api) -> None:
    room = befriend(alice, bob)
    with join(api, "outsider").socket() as socket:
        socket.send({"action": "join_room", "conversation_id": room})
        assert socket.wait_for("error")["data"]["code"] == "conversation_not_found"


def test_messages_are_read_reacted_to_found_and_unsent(alice: Person, bob: Person) -> None:
    room = befriend(alice, bob)
    path = f"/conversations/{room}"
    sent = alice.expect(201, "POST", f"{path}/messages", {"content": "Snow in Zürich"})
    with alice.socket() as socket:
        join_room(socket, room)
        read = bob.expect(200, "POST", f"{path}/read", {})
        assert (read["last_read_message_id"], read["unread_count"]) == (sent["id"], 0)
        assert socket.wait_for("message_read")["data"]["user_id"] == bob.id
        bob.expect(200, "PUT", f"/messages/{sent['id']}/reaction", {"emoji": "❄️"})
        assert socket.wait_for("message_reaction")["data"]["emoji"] == "❄️"
        [found] = bob.get(f"{path}/messages/search?q=zurich")["messages"]
        assert [each["emoji"] for each in found["reactions"]] == ["❄️"]
        alice.expect(200, "DELETE", f"/messages/{sent['id']}")
        assert socket.wait_for("message_deleted")["data"]["message_id"] == sent["id"]
    assert bob.get(f"{path}/messages")["messages"] == []


def test_what_was_missed_is_replayed_as_it_is_now(
    alice: Person, bob: Person, photograph: Path
) -> None:
    room = befriend(alice, bob)
    start = alice.get("/events")["cursor"]
    path = f"/conversations/{room}"
    first, second = (
        bob.expect(201, "POST", f"{path}/messages", {"content": text})["id"]
        for text in ("Unsent", "Kept")
    )
    bob.expect(200, "PUT", f"/messages/{second}/reaction", {"emoji": "❄️"})
    bob.expect(200, "DELETE", f"/messages/{first}")
    post_id = alice.expect(201, "POST", "/posts", {"content": "Look!"})["id"]
    bob.expect(200, "POST", f"/posts/{post_id}/like")
    bob.expect(200, "POST", f"{path}/read", {})
    alice.upload(photograph, "image/jpeg")
    expected = {"message_deleted", "new_message", "message_reaction", "message_read"}
    expected |= {"notification", "media.ready"}

    def missed() -> list[dict[str, Any]]:
        events = alice.get(f"/events?since={start}")["events"]
        return events if {each["event"] for each in events} >= expected else []

    events = wait_for(missed, "all that was missed")
    assert [each["data"]["id"] for each in events if each["event"] == "new_message"] == [second]
    with alice.socket() as socket:
        socket.send({"action": "sync", "cursor": start})
        assert socket.wait_for("synced")["data"]["has_more"] is False
        assert {each["id"] for each in events} <= {each.get("id") for each in socket.frames}


def test_a_dead_socket_takes_no_other_socket_with_it(alice: Person, bob: Person) -> None:
    room = befriend(alice, bob)
    path = f"/conversations/{room}/messages"
    with bob.socket() as alive:
        with bob.socket() as dead:
            dead.connection.socket.shutdown(SHUT_RDWR)  # as a phone in a tunnel does
        alice.expect(201, "POST", path, {"content": "One"})
        assert alive.wait_for("new_message")["data"]["content"] == "One"
        alice.expect(201, "POST", path, {"content": "Two"})
        assert alive.wait_for("new_message")["data"]["content"] == "Two"
