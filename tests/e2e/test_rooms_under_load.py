"""Sixty sockets in twenty rooms: nothing is lost and nothing comes twice, whatever dies."""

import json
import random
import socket as sockets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.e2e.client import Person, at_once

ROOMS, WRITERS, MESSAGES = 20, 3, 34  # of each writer: some 2,000 in all
KILLED = 0.2  # the part of the sockets that dies at random moments
PATIENCE = 300.0  # seconds for all of it, on a small and busy machine


@dataclass
class Participant:
    """A client as docs/api.md describes it: it syncs whenever it connects, drops repeats by `id`,
    and sends again, with the same `client_message_id`, what was not answered."""

    person: Person
    room: str
    chance: random.Random
    deaths: int = 0  # how often its socket is still to be killed
    received: dict[str, str] = field(default_factory=dict)  # message id -> content
    cursor: str | None = None
    frames: int = 0

    def run(self, everything: int) -> None:
        """Send every message, and listen until all messages of the room are there."""
        left = [f"{self.person.username} {number}" for number in range(MESSAGES)]
        fatal = set(self.chance.sample(range(MESSAGES), self.deaths))
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                with self._connected() as connection:
                    self._sync(connection)
                    while left:
                        self._send(connection, left[0])
                        if MESSAGES - len(left) in fatal:
                            fatal.remove(MESSAGES - len(left))
                            _kill(connection)
                        self._listen_for(connection, left[0])
                        left.pop(0)
                    while len(self.received) < everything:
                        self._take(connection, 15)
                    return
            except (ConnectionClosed, OSError):  # a timeout is an OSError, too
                continue

    @contextmanager
    def _connected(self) -> Iterator[ClientConnection]:
        with self.person.socket() as opened:
            yield opened.connection

    def _sync(self, connection: ClientConnection) -> None:
        while True:
            frame = {"action": "sync", "request_id": "sync"}
            if self.cursor:
                frame["cursor"] = self.cursor
            connection.send(json.dumps(frame))
            answer = self._take(connection, 60)
            while answer["event"] != "synced":
                answer = self._take(connection, 60)
            assert not answer["data"]["reset"]
            self.cursor = answer["data"]["cursor"]
            if not answer["data"]["has_more"]:
                return

    def _send(self, connection: ClientConnection, content: str) -> None:
        frame = {
            "action": "send_message",
            "conversation_id": self.room,
            "content": content,
            "client_message_id": content,
            "request_id": content,
        }
        connection.send(json.dumps(frame))

    def _listen_for(self, connection: ClientConnection, request_id: str) -> None:
        while True:
            frame = self._take(connection, 60)
            if frame.get("request_id") == request_id:
                assert frame["event"] == "new_message", frame
                return

    def _take(self, connection: ClientConnection, patience: float) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(connection.recv(timeout=max(patience, 0.01)))
        self.frames += 1
        if frame["event"] == "new_message" and frame["data"]["type"] == "text":
            data = frame["data"]
            assert data["conversation_id"] == self.room, "a message of another room"
            self.received[data["id"]] = data["content"]
        return frame


def _kill(connection: ClientConnection) -> None:
    """End the connection without a word, as a phone in a tunnel does."""
    connection.socket.shutdown(sockets.SHUT_RDWR)


@pytest.mark.timeout(900)
def test_every_participant_gets_every_message_exactly_once(crowd: list[Person]) -> None:
    people = crowd[: ROOMS * WRITERS]
    groups = [people[at : at + WRITERS] for at in range(0, len(people), WRITERS)]

    def found(group: list[Person]) -> str:
        first, *others = group
        body = {"participant_ids": [each.id for each in others], "group_name": "Load"}
        return str(first.expect(201, "POST", "/conversations", body)["id"])

    rooms = at_once(found, groups)
    chance = random.Random(7)
    unlucky = set(chance.sample(range(len(people)), round(len(people) * KILLED)))
    participants = [
        Participant(
            person, rooms[at // WRITERS], random.Random(at), chance.randint(1, 3) * (at in unlucky)
        )
        for at, person in enumerate(people)
    ]
    everything = WRITERS * MESSAGES
    threads = [
        threading.Thread(target=each.run, args=(everything,), daemon=True) for each in participants
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE + 60)
    stored = {room: _stored(group[0], room) for room, group in zip(rooms, groups, strict=True)}
    for each in participants:
        facts = stored[each.room]
        assert len({*facts.values()}) == len(facts) == everything, "the room lacks messages"
        missing = len(facts.keys() - each.received.keys())
        assert each.received == facts, f"{each.person.username} lacks {missing} messages"


def _stored(person: Person, room: str) -> dict[str, str]:
    """What the room holds."""
    found: dict[str, str] = {}
    cursor = ""
    while True:
        page = person.get(f"/conversations/{room}/messages?limit=100{cursor}")
        texts = (each for each in page["messages"] if each["type"] == "text")
        found |= {each["id"]: each["content"] for each in texts}
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"
