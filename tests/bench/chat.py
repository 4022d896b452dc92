"""Chat: the time from sending a message to receiving it, and what a message costs the processor."""

import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chat import message_delivery, ws_send_message
from shared.aws.clients import push_client
from shared.clock import now, stop_at
from shared.ids import new_id
from shared.realtime.sockets import sockets_of
from tests.bench.memory import noted, recorded, replayed
from tests.bench.network import Network, clients, event_for
from tests.bench.report import Row
from tests.bench.timing import cost, silence
from tests.e2e.client import Person, Socket
from tests.e2e.test_rooms import befriend
from tests.support.gateway import LambdaContext

# The gateway takes 120 frames of a user in a minute.
WARM_UP, MESSAGES = 10, 100
SOON = 30  # ms


def measure(network: Network) -> list[Row]:
    """Measure both between two people who follow each other, each with one socket."""
    sender, receiver = network.person, network.friend
    room = befriend(sender, receiver)
    with sender.socket() as one, receiver.socket() as other:
        return [_delivery(room, one, other), _rate(room, sender)]


def _delivery(room: str, sender: Socket, receiver: Socket) -> Row:
    """Messages one after the other over real sockets and the deployed functions."""
    taken = []
    for number in range(WARM_UP + MESSAGES):
        frame = {"action": "send_message", "conversation_id": room, "content": str(number)}
        began = time.perf_counter()
        sender.send(frame)
        received = receiver.wait_for("new_message")
        taken.append((time.perf_counter() - began) * 1000)
        assert received["data"]["content"] == str(number), received
        sender.wait_for("new_message")
    taken = taken[WARM_UP:]
    middle, late = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    return Row(
        "send → receive between two, on the emulator",
        f"p50 {middle:.0f} ms, p95 {late:.0f} ms of {MESSAGES} messages",
        f"p50 ≤ {SOON} ms",
        middle <= SOON,
    )


def _rate(room: str, sender: Person) -> Row:
    """The handler of the frame, with AWS answered from memory: it pushes to both sockets."""
    [socket] = sockets_of(sender.id)
    caller = _caller(sender)
    event = event_for(
        "chat/ws_send_message", caller, body={"conversation_id": room, "content": "!"}
    )
    event["requestContext"] |= {"connectionId": socket.connection_id, "eventType": "MESSAGE"}
    text = json.dumps(event)

    def run() -> None:
        ws_send_message.app(json.loads(text), LambdaContext())

    used = (*clients(), push_client())
    # With the clock stopped and one id for all messages, every run makes the same requests.
    with stop_at(now() + 1), silence(), _one_id():
        with recorded(*used) as recording:
            run()
        with replayed(recording, *used):
            with noted(*used) as made:
                run()
            assert sorted(call.operation for call in made) == recording.operations
            pushes = sum(call.operation == "PostToConnection" for call in made)
            assert pushes == 2, recording.operations
            rate = 1 / cost(run)
    return Row(
        "chat/ws_send_message, from memory",
        f"{rate:,.0f} messages per processor second; {len(made)} calls in {recording.steps} steps",
    )


def _caller(person: Person) -> Any:
    from shared.access.tokens import read_token

    return read_token(person.token)


@contextmanager
def _one_id() -> Iterator[None]:
    given, made = message_delivery.new_id, new_id()
    message_delivery.new_id = lambda: made
    try:
        yield
    finally:
        message_delivery.new_id = given
