"""Frames for open sockets: logged where they must not be lost, and pushed to every socket."""

import json
from typing import Any

import pytest

from shared.clock import now, stop_at, timestamp
from shared.dynamodb.tables import query
from shared.ids import new_id
from shared.realtime.delivery import push, push_once, send
from shared.realtime.frame_log import LoggedFrame
from shared.realtime.frames import Frame, encoded
from shared.realtime.sockets import Connection, sockets_of, store
from tests.support.memory_aws import MemoryAws
from tests.unit.conftest import Log

SECRET = "what somebody wrote to somebody"


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, noon: float) -> None:
    """AWS in memory, and the clock stopped."""


def connect(user_id: str, connection_id: str, *, expired: bool = False) -> None:
    store(
        Connection(
            connection_id,
            user_id=user_id,
            username=user_id,
            session_id=new_id(),
            connected_at=timestamp(),
            expires_at=int(now()) + (-1 if expired else 7200),
        )
    )


def frame(**data: Any) -> Frame:
    return Frame("new_message", {"content": "ü", **data}, new_id())


def kept(user_id: str) -> list[str]:
    found, _ = query(LoggedFrame, user_id, limit=100, newest_first=False)
    return [each.event_id for each in found]


def test_every_socket_of_every_user_gets_a_frame(aws: MemoryAws) -> None:
    for user, socket in [("a", "a1"), ("a", "a2"), ("b", "b1"), ("c", "c1")]:
        connect(user, socket)
    sent = frame()
    push(["a", "b", "offline"], sent)
    assert set(aws.pushed) == {"a1", "a2", "b1"}
    assert json.loads(aws.pushed["a1"][0]) == {
        "event": "new_message",
        "data": {"content": "ü"},
        "id": sent.id,
    }


def test_a_frame_that_must_not_be_lost_is_logged_for_every_user_even_without_a_socket() -> None:
    sent = frame()
    push(["a", "b"], sent)
    assert (kept("a"), kept("b")) == ([sent.id], [sent.id])


def test_a_kept_frame_lives_for_seven_days() -> None:
    push(["a"], frame())
    found, _ = query(LoggedFrame, "a", limit=1)
    assert found[0].expires_at == int(now()) + 7 * 24 * 3600
    assert found[0].data == {"content": "ü"}


def test_a_frame_without_an_id_may_be_lost(aws: MemoryAws) -> None:
    connect("a", "a1")
    push(["a"], Frame("typing", {}))
    assert kept("a") == []
    assert json.loads(aws.pushed["a1"][0]) == {"event": "typing", "data": {}}


def test_the_same_fact_pushed_again_is_one_frame_in_the_log() -> None:
    sent = frame()
    push(["a", "a"], sent)
    push(["a"], sent)
    assert kept("a") == [sent.id]


def test_a_fact_that_is_reported_twice_is_pushed_once(aws: MemoryAws) -> None:
    connect("a", "a1")
    sent = frame()
    push_once("a", sent)
    push_once("a", sent)
    assert len(aws.pushed["a1"]) == 1


def test_frames_of_one_moment_stay_in_their_order() -> None:
    frames = [frame(number=number) for number in range(20)]
    for each in frames:
        push(["a"], each)
    assert kept("a") == [each.id for each in frames]


def test_exactly_the_socket_that_is_gone_is_deleted(aws: MemoryAws) -> None:
    for socket in ("a1", "a2"):
        connect("a", socket)
    aws.gone_sockets = {"a1"}
    with stop_at(now() + 61):
        push(["a"], frame())
        assert [socket.connection_id for socket in sockets_of("a")] == ["a2"]
    assert len(aws.pushed["a2"]) == 1


def test_a_socket_that_is_still_opening_is_not_deleted(aws: MemoryAws) -> None:
    connect("a", "a1")
    aws.gone_sockets = {"a1"}  # the gateway knows it once $connect has answered
    with stop_at(now() + 59):
        push(["a"], frame())
        aws.gone_sockets = set()
        push(["a"], frame())
    assert len(aws.pushed["a1"]) == 1


def test_deleting_a_socket_that_is_already_deleted_is_no_failure(aws: MemoryAws, log: Log) -> None:
    aws.gone_sockets = {"a1"}
    send([Connection("a1", user_id="a")], frame())
    assert Connection.find("a1") is None
    assert log.lines == []


@pytest.mark.parametrize("code", ["LimitExceededException", None])
def test_a_socket_that_cannot_be_reached_now_is_kept_and_stops_no_other(
    aws: MemoryAws, log: Log, code: str | None
) -> None:
    connect("a", "a1")
    aws.fail("apigatewaymanagementapi.PostToConnection", code)
    push(["a"], frame(secret=SECRET))
    assert [socket.connection_id for socket in sockets_of("a")] == ["a1"]
    assert log.lines[0]["message"] == "push failed"
    assert SECRET not in log.text


def test_expired_sockets_get_no_frames(aws: MemoryAws) -> None:
    connect("a", "old", expired=True)
    connect("a", "new")
    push(["a"], frame())
    assert set(aws.pushed) == {"new"}


def test_the_answer_to_a_frame_carries_its_request_id() -> None:
    text = encoded(frame(), protocol=None, request_id="r-7")
    assert json.loads(text)["request_id"] == "r-7"


def test_a_replayed_frame_carries_its_place_in_the_log() -> None:
    text = encoded(Frame("new_message", {}, "fact", cursor="place"), protocol=None)
    assert json.loads(text) == {"event": "new_message", "data": {}, "id": "fact", "cursor": "place"}
