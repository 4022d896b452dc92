"""Nothing is missed and nothing doubled, whatever is slow, lost, late, repeated or ended."""

from collections import Counter
from collections.abc import Callable

import pytest

from shared import clock, parallel
from tests.support.memory_aws import MemoryAws
from tests.support.realtime_world import World
from tests.unit.chat.conftest import a_room, a_user
from users.models import User

SEEDS = range(8)


@pytest.fixture(autouse=True)
def one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No threads: the seed alone decides the order. Time passes as the world says."""
    monkeypatch.setattr(parallel, "_here", type("Here", (), {"is_worker": True}))
    monkeypatch.setattr("shared.parallel.time.sleep", lambda _: None)
    monkeypatch.setattr("shared.realtime.frame_log._clock", lambda: clock.now())


def a_world(aws: MemoryAws, seed: int) -> World:
    people = [a_user() for _ in range(3)]
    for each in people:
        User(each.user_id).update(actions=[User.show_read_receipts.set(True)])
    return World(aws, seed, a_room(*people, is_group=True), people)


@pytest.mark.parametrize("lost", [0, 1])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_client_sees_each_fact_once(aws: MemoryAws, seed: int, lost: float) -> None:
    world = a_world(aws, seed)
    world.lost = lost
    world.run(steps=60)
    for client in world.clients:
        assert world.missed(client) == set()
        messages = Counter(
            (frame["event"], frame["data"]["message_id" if "deleted" in frame["event"] else "id"])
            for frame in client.seen.values()
            if frame["event"] in ("new_message", "message_deleted", "notification")
        )
        assert max(messages.values(), default=1) == 1
        there = world.messages()
        shown = [
            frame["data"]["id"]
            for frame in sorted(client.seen.values(), key=lambda frame: str(frame["id"]))
            if frame["event"] == "new_message" and frame["data"]["id"] in there
        ]
        assert shown == sorted(there)


# The same with what the design forbids: it shows in one of a few worlds.


def one_misses(aws: MemoryAws, prepare: Callable[[World], None]) -> bool:
    answer = aws.answer
    for seed in range(1, 12):
        aws.answer = answer  # type: ignore[method-assign]
        world = a_world(aws, seed)
        prepare(world)
        world.run(steps=60)
        if any(world.missed(client) for client in world.clients):
            return True
    return False


def test_without_the_overlap_of_syncs_frames_are_missed(
    aws: MemoryAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.event_log.LATENESS", 0)

    def lose_all(world: World) -> None:
        world.lost = 1

    assert one_misses(aws, lose_all)


def test_if_a_push_moves_the_cursor_frames_are_missed(aws: MemoryAws) -> None:
    def be_careless(world: World) -> None:
        for client in world.clients:
            client.moves_by_pushes = True

    assert one_misses(aws, be_careless)
