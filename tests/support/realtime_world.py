"""People who chat while everything that can go wrong does, in an order that a seed decides.

All is real except AWS and time. Each call to AWS is a moment at which others may act, its writes
into the log may take almost a minute, and the process may end. So handlers, the stream, sockets and
syncs are interleaved like processes on several machines, and each seed can be repeated.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chat.bodies import NewMessage
from chat.connections import forget, remember
from chat.event_log import frame_shape, replay
from chat.message_delivery import send_message
from chat.message_removal import unsend
from chat.models import Conversation, Message
from chat.on_chat_changed import update_inboxes
from chat.reactions import react
from chat.read_positions import mark_read
from notifications.models import Notification
from shared import clock
from shared.access.caller import Caller
from shared.clock import now, timestamp
from shared.dynamodb.changes import Change
from shared.errors import HoshiError
from shared.ids import derived_id, new_id
from shared.realtime.delivery import push_once
from shared.realtime.frames import Frame
from tests.support.memory_aws import MemoryAws

SLOWEST = 55  # seconds that a write into the log may take
_DEPTH = 2  # of actions that others interrupt


class Ended(BaseException):
    """The process ends at this call."""


@dataclass
class Client:
    """A client as the contract asks for it: drops repeats by `id`, keeps the cursor of `synced`."""

    user: Caller
    moves_by_pushes: bool = False  # what the contract forbids
    cursor: str | None = None
    socket: str | None = None
    is_deaf: bool = False  # its network is gone, and API Gateway has not noticed
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)

    def receive(self, frame: dict[str, Any]) -> None:
        if "id" in frame:
            self.seen.setdefault(frame["id"], frame)
            if self.moves_by_pushes and "cursor" not in frame:
                self.cursor = new_id()


class World:
    """A conversation of a few people with their clients, and the facts of what they did."""

    def __init__(self, aws: MemoryAws, seed: int, room: Conversation, people: list[Caller]) -> None:
        self.chance, self.aws, self.room, self.people = random.Random(seed), aws, room, people
        self.clients = [Client(each) for each in people for _ in range(2)]
        self.lost = 0.0  # the part of the pushes that get lost without a trace
        self.records: list[Change[Message]] = []  # of the stream, in order
        self.delivered = 0
        self.is_delivering = False
        self.reads: set[str] = set()  # ids of frames that their handlers did log
        self.notified: dict[str, str] = {}  # the reader of each frame that is not pushed once yet
        self.facts: list[tuple[str, str]] = []  # the reader and the id of each notification
        self.depth, self.ends_in, self.deadline = 0, 0, float("inf")
        self._answer = aws.answer
        aws.answer = self.answer  # type: ignore[method-assign]

    # Time and AWS.

    def wait(self, longest: float) -> None:
        clock._stopped = min(now() + self.chance.uniform(0, longest), self.deadline)

    def answer(self, request: Any, event_name: str, **more: Any) -> Any:
        operation = event_name.rpartition(".")[2]
        if self.ends_in:
            self.ends_in -= 1
            if not self.ends_in:
                raise Ended
        body = request.body if isinstance(request.body, str) else (request.body or b"").decode()
        if operation == "PostToConnection":
            self.push(request, body)
        elif operation == "BatchWriteItem" and "-event-log" in body:
            self.meanwhile(self.chance.choice([0, 0, 1, SLOWEST]))
        elif self.chance.random() < 0.03:
            self.meanwhile(0.5)
        before = self.messages() if '-messages"' in body and "Item" in operation else None
        answer = self._answer(request, event_name, **more)
        if before is not None:
            self.record(before)
        return answer

    def meanwhile(self, seconds: float) -> None:
        """Others act for so long, before the call takes effect."""
        outer = (self.deadline, self.ends_in)
        self.deadline, self.ends_in = min(self.deadline, now() + seconds), 0
        while self.depth < _DEPTH and self.chance.random() < 0.6:
            self.wait(seconds)
            self.act()
        self.wait(seconds)
        self.deadline, self.ends_in = outer

    def push(self, request: Any, body: str) -> None:
        socket = request.url.rpartition("/")[2]
        client = next((each for each in self.clients if each.socket == socket), None)
        if client is None:
            self.aws.gone_sockets.add(socket)
        elif self.chance.random() < 0.03:
            self.aws.fail("apigatewaymanagementapi.PostToConnection", "LimitExceeded", times=1)
            client.socket = None  # the server closes it
        elif not client.is_deaf and self.chance.random() >= self.lost:
            client.receive(json.loads(body))

    def messages(self) -> dict[str, Message]:
        items = map(Message.from_raw_data, self.aws.dynamo.items("hoshi-messages"))
        here = self.room.conversation_id
        return {each.message_id: each for each in items if each.conversation_id == here}

    def record(self, before: dict[str, Message]) -> None:
        after = self.messages()
        for message_id in {**before, **after}:
            old, new = before.get(message_id), after.get(message_id)
            if old is None or new is None or old.serialize() != new.serialize():
                number = len(self.records) + 1
                self.records.append(Change(old, new, str(number), str(number), timestamp()))

    # What happens.

    def act(self) -> None:
        action = self.chance.choice(
            [
                *(self.send, self.send, self.unsend, self.react, self.read, self.notify),
                *(self.deliver, self.deliver, self.connect, self.sync, self.lose),
            ]
        )
        self.depth += 1
        try:
            action()
        finally:
            self.depth -= 1

    def handle(self, handler: Callable[..., Any], *given: Any) -> Any:
        """The result of a request, None if it was refused or its process ended."""
        outer, self.ends_in = (
            self.ends_in,
            self.chance.choice([0, 0, 0, self.chance.randint(1, 30)]),
        )
        try:
            return handler(*given)
        except (HoshiError, Ended):
            return None
        finally:
            self.ends_in = outer

    def somebody(self) -> Caller:
        return self.chance.choice(self.people)

    def some_message(self) -> str:
        return self.chance.choice(sorted(self.messages()) or [new_id()])

    def send(self) -> None:
        draft = NewMessage.model_validate({"content": "Hello", "client_message_id": new_id()})
        for _ in range(self.chance.choice([1, 1, 2])):  # the client tries again
            self.handle(send_message, self.somebody(), self.room.conversation_id, draft)

    def unsend(self) -> None:
        self.handle(unsend, self.somebody(), self.some_message())

    def react(self) -> None:
        self.handle(react, self.somebody(), self.some_message(), self.chance.choice(["👍", None]))

    def read(self) -> None:
        position = self.handle(mark_read, self.somebody(), self.room.conversation_id, None)
        if position and position.has_moved:
            self.reads.add(position.frame.id)

    def notify(self) -> None:
        """A stream reports entries until it has done so to the end, and sometimes again."""
        if self.chance.random() < 0.5:
            reader, entry_id = self.somebody(), new_id()
            actor = next(each for each in self.people if each is not reader)
            Notification(
                reader.user_id,
                entry_id,
                type="user.followed",
                actor_id=actor.user_id,
                entity_id=actor.user_id,
                created_at=timestamp(),
                expires_at=int(now()) + 99_999,
            ).save()
            self.notified[entry_id] = reader.user_id
        for entry_id in self.chance.sample(sorted(self.notified), min(2, len(self.notified))):
            self.push_entry(entry_id)

    def push_entry(self, entry_id: str) -> None:
        reader = self.notified.get(entry_id)
        if reader is None:  # it was reported meanwhile
            return
        frame = Frame("notification", {"id": entry_id}, derived_id(0, entry_id))

        def push() -> bool:
            push_once(reader, frame, {"notification_id": entry_id})
            return True

        if self.handle(push):
            self.facts.append((reader, str(frame.id)))
            if self.chance.random() < 0.8:
                self.notified.pop(entry_id, None)

    def deliver(self) -> None:
        """Deliver the next records, some of them again; all of them again if the process ends."""
        if self.is_delivering:
            return
        start = max(0, self.delivered - self.chance.choice([0, 0, 0, 2]))
        end = min(len(self.records), self.delivered + self.chance.randint(1, 4))
        if start == end:
            return
        self.is_delivering = True

        def react_to_changes() -> bool:
            update_inboxes(self.records[start:end])
            return True

        try:
            if self.handle(react_to_changes):
                self.delivered = max(self.delivered, end)
        finally:
            self.is_delivering = False

    def connect(self) -> None:
        client = self.chance.choice(self.clients)
        self.reconnect(client)

    def reconnect(self, client: Client) -> None:
        if client.socket and not client.is_deaf:
            return
        gone, client.socket, client.is_deaf = client.socket, None, False
        opened = new_id()
        remember(opened, client.user)
        client.socket = opened
        self.pages(client)
        if gone:
            forget(gone)  # API Gateway notices late

    def lose(self) -> None:
        self.chance.choice(self.clients).is_deaf = True

    def sync(self) -> None:
        client = self.chance.choice(self.clients)
        if client.socket and not client.is_deaf:
            self.pages(client)

    def pages(self, client: Client) -> None:
        has_more = True
        while has_more:
            page = replay(client.user.user_id, client.cursor, self.chance.randint(1, 5))
            if client.is_deaf:
                return
            for frame in page.frames:
                client.receive(frame_shape(frame))
            client.cursor, has_more = page.cursor, page.has_more
            if has_more and self.chance.random() < 0.3:
                self.wait(2)

    # The end.

    def run(self, steps: int) -> None:
        """Let things happen; then the streams catch up, and each client syncs once more."""
        self.depth = _DEPTH  # nobody acts yet: a client's first cursor is that of its start
        for client in self.clients:
            self.reconnect(client)
        self.depth = 0
        for _ in range(steps):
            self.wait(20)
            self.act()
        self.depth = _DEPTH  # nobody acts any more
        while self.delivered < len(self.records):
            self.deliver()
        while self.notified:
            self.push_entry(min(self.notified))
        for client in self.clients:
            self.reconnect(client)
            self.pages(client)

    def missed(self, client: Client) -> set[str]:
        """The ids of the facts that the client may see and has not seen."""
        there = self.messages()
        facts = set(there)
        facts |= {each.reaction_id for each in there.values() if each.reaction_id}
        facts |= self.reads
        facts |= {frame_id for reader, frame_id in self.facts if reader == client.user.user_id}
        gone = {each.item.message_id for each in self.records if each.is_removed}
        seen = client.seen.values()
        unsent = {each["data"]["message_id"] for each in seen if each["event"] == "message_deleted"}
        return (facts - client.seen.keys()) | (gone - unsent)
