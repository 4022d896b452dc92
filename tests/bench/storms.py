"""A celebrity's night: many likes of one post in a short time.

Some of them go through the functions' own code, with AWS in memory and a clock that is moved on by
a second at a time; the queue of a million is simulated by its rules.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from notifications.digests import THRESHOLD, is_digest
from notifications.models import Notification
from shared import clock
from shared.access.caller import Caller
from shared.aws import clients
from shared.config import config
from shared.ids import new_id
from tests.bench.report import Row
from tests.bench.timing import silence
from tests.support.accounts import a_user
from tests.support.memory_aws import MemoryAws
from tests.support.posts import a_post
from tests.support.storms import Storm, consume, open_socket, pushed, run_jobs
from tests.unit.conftest import NOON, SETTINGS

LIKES, RATE = 20_000, 500  # through the code: in all, and a second
MILLION, MINUTES = 1_000_000, 20  # through the simulated queue
LEAST = 4000  # events per second of processor time
PARTITION = 1000  # write units a second that one partition of a table takes
UNITS = 2  # of an entry, which is written in a transaction
TRIES, PAUSE = 5, 60  # of a message; seconds until the next one


def measure() -> list[Row]:
    """Measure a storm, and simulate what it is without digests."""
    with _in_memory() as aws, silence():
        made = _storm(aws)
    windows = 3600 // 600
    rate = LIKES / made.spent
    before, after = _queued(UNITS), _queued(sum(made.units) / LIKES)
    minutes = f"{MILLION:,} in {MINUTES} min"
    return [
        Row(
            f"entries and digests of {LIKES:,} likes at {RATE} a second",
            f"{made.entries} and {made.digests}; of a million in an hour, without a pause between"
            f" the windows, at most {windows + 1} × {made.most + 1}",
            "≤ 101 in ten minutes",
            made.entries + made.digests <= made.most + 1,
        ),
        Row(
            "write units of the reader's list, a partition that takes 1,000 a second",
            f"{made.units[0]} in the first second, then at most {max(made.units[1:])}",
            "≤ 2 after the first",
            max(made.units[1:]) <= 2,
        ),
        Row(
            "frames to the reader's socket",
            f"{made.frames} in {LIKES // RATE} s",
            "≤ 1 a second",
            made.frames <= LIKES // RATE + 2,
        ),
        Row(
            "number in the last frame",
            f"{made.shown:,} of {LIKES:,}",
            "all",
            made.shown == LIKES,
        ),
        Row(
            "stream of likes, which counts and publishes: processor time",
            f"{1_000_000 * made.counted / LIKES:,.0f} ms for 1,000 likes",
        ),
        Row(
            "notification consumer in a storm: processor time",
            f"{1_000_000 / rate:,.0f} ms for 1,000 likes, {rate:,.0f} a second",
            f"≥ {LEAST:,} a second",
            rate >= LEAST,
        ),
        Row(
            f"dead letters of {minutes}: an entry each, five tries",
            f"{before.dead:,} ({before.dead / MILLION:.0%}); the queue is {before.age} s old",
        ),
        Row(
            f"dead letters of {minutes}, with digests",
            f"{after.dead:,}; the queue is {after.age} s old",
            "0",
            after.dead + after.age == 0,
        ),
    ]


@dataclass
class _Made:
    """What a storm made."""

    most: int
    counted: float = 0  # seconds of processor time of the stream of likes
    spent: float = 0  # and of the consumer
    entries: int = 0
    digests: int = 0
    frames: int = 0
    shown: int = 0
    units: list[int] = field(default_factory=list)  # by second


def _storm(aws: MemoryAws) -> _Made:
    made = _Made(THRESHOLD)

    def note(request: Any, event_name: str, **_: Any) -> None:
        if made.units:
            made.units[-1] += _list_units(request, event_name)

    clients.client("dynamodb").meta.events.register_first("before-send.dynamodb", note)
    with clock.stop_at(NOON):
        reader = a_user()
        open_socket(reader)
        storm = Storm(aws, reader, a_post(reader))
    frames = []
    # Likes are consumed within the second in which they happen: the first ones get entries.
    for second in range(LIKES // RATE + 3):
        with clock.stop_at(NOON + second):
            made.units.append(0)
            is_on = second < LIKES // RATE
            chunk = 50 if second == 0 else RATE
            for _ in range(RATE // chunk if is_on else 0):
                fans = [Caller(new_id(), "fan", new_id(), "user", "full") for _ in range(chunk)]
                began = time.process_time()
                events = storm.like(*fans)
                made.counted += time.process_time() - began
                began = time.process_time()
                consume(*events)
                made.spent += time.process_time() - began
            storm.look()
            run_jobs(storm)
            frames += pushed(storm)
    entries = list(Notification.query(reader.user_id))
    made.digests = sum(map(is_digest, entries))
    made.entries = len(entries) - made.digests
    made.frames, made.shown = len(frames), frames[-1]["actor_count"]
    return made


def _list_units(request: Any, event_name: str) -> int:
    """The write units that a request consumes of the table of entries."""
    name = event_name.rpartition(".")[2]
    if name not in ("UpdateItem", "PutItem", "TransactWriteItems"):
        return 0
    asked = json.loads(request.body)
    actions = [each for action in asked.get("TransactItems", []) for each in action.values()]
    writes = actions or [asked]
    return sum(
        UNITS if actions else 1
        for each in writes
        if each["TableName"] == Notification.Meta.table_name
    )


@dataclass
class _Ended:
    """What became of the messages of a queue, and how late the last one was handled."""

    dead: int
    age: int  # seconds


def _queued(units: float) -> _Ended:
    """A million messages in a queue whose consumers write so many units each into one partition.
    What it refuses comes again after the visibility timeout, and is dead after five tries."""
    waiting: dict[int, dict[int, float]] = {}  # by second: messages by the number of their try
    dead = 0.0
    seconds, rate = MINUTES * 60, MILLION / (MINUTES * 60)
    second = -1
    while second < seconds - 1 or waiting:
        second += 1
        due = waiting.pop(second, {})
        if second < seconds:
            due[1] = due.get(1, 0) + rate
        tried = sum(due.values())
        accepted = min(1.0, PARTITION / units / tried) if units and tried else 1.0
        for number, messages in due.items():
            refused = messages * (1 - accepted)
            if number == TRIES:
                dead += refused
            elif refused:
                later = waiting.setdefault(second + PAUSE, {})
                later[number + 1] = later.get(number + 1, 0) + refused
    return _Ended(round(dead), second - seconds + 1)


@contextmanager
def _in_memory() -> Iterator[MemoryAws]:
    """This process's AWS in memory; its environment and clients are restored afterwards."""
    before, aws = dict(os.environ), MemoryAws()
    os.environ.update(SETTINGS)
    os.environ.pop("AWS_ENDPOINT_URL", None)
    _forget()
    aws.secrets = {
        f"hoshi/{name}": {"current": name[0] * 64, "previous": ""} for name in ("tokens", "cursors")
    }
    clients.session().register("before-send", cast("Any", aws.answer))
    try:
        yield aws
    finally:
        os.environ.clear()
        os.environ.update(before)
        _forget()


def _forget() -> None:
    vars(config).clear()
    clients.session.cache_clear()
    clients._make.cache_clear()
