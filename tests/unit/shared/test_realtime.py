"""Frames for open sockets: logged where they must not be lost, and pushed to every socket."""

import json
from typing import Any

import pytest

from shared.aws.clients import client
from shared.clock import now, stop_at, timestamp
from shared.dynamodb.tables import query
from shared.ids import first_id_at, new_id
from shared.realtime.delivery import push, push_once, send
from shared.realtime.frame_log import LATENESS, LoggedFrame, logged_after
from shared.realtime.frames import Frame, encoded, fitting
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
    return [each.frame_id for each in found if each.frame_id]


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
    push(["a", "b"], sent, about={})
    assert (kept("a"), kept("b")) == ([sent.id], [sent.id])


def test_the_log_holds_ids_alone_for_seven_days(aws: MemoryAws) -> None:
    push(["a"], frame(content=SECRET), about={"message_id": "m"})
    [found] = logged_after("a", first_id_at(0), 10)[0]
    assert found.expires_at == int(now()) + 7 * 24 * 3600
    assert (found.event, found.about) == ("new_message", {"message_id": "m"})
    assert SECRET not in str(aws.dynamo.items("hoshi-event-log"))


def test_a_frame_about_nothing_may_be_lost(aws: MemoryAws) -> None:
    connect("a", "a1")
    push(["a"], Frame("typing", {}))
    assert kept("a") == []
    assert json.loads(aws.pushed["a1"][0]) == {"event": "typing", "data": {}}


def test_what_is_logged_needs_an_id() -> None:
    with pytest.raises(ValueError, match="id"):
        push(["a"], Frame("notification", {}), about={})


def test_a_fact_that_is_reported_twice_is_pushed_once(aws: MemoryAws) -> None:
    connect("a", "a1")
    sent = frame()
    for _ in range(2):
        push_once("a", sent, {})
    assert len(aws.pushed["a1"]) == 1
    assert {*kept("a")} == {sent.id}
    entries, has_more = logged_after("a", first_id_at(0), 9)  # the claim is no entry
    assert ([each.frame_id for each in entries], has_more) == ([sent.id] * 2, False)


def test_a_frame_whose_log_failed_is_not_claimed(aws: MemoryAws) -> None:
    connect("a", "a1")
    sent = frame()
    aws.fail("dynamodb.BatchWriteItem", "ValidationException", times=1)
    with pytest.raises(Exception, match="ValidationException"):
        push_once("a", sent, {})
    push_once("a", sent, {})
    assert (len(aws.pushed["a1"]), kept("a")) == (1, [sent.id])


def test_frames_of_one_moment_stay_in_their_order() -> None:
    frames = [frame(number=number) for number in range(20)]
    for each in frames:
        push(["a"], each, about={})
    assert kept("a") == [each.id for each in frames]


def test_the_place_of_an_entry_is_the_moment_of_its_writing(noon: float) -> None:
    with stop_at(noon - 1000):
        old = frame()
    push(["a"], old, about={})
    [entry] = logged_after("a", first_id_at(noon - 1), 10)[0]
    assert entry.frame_id == old.id


def test_entries_that_are_left_unprocessed_are_written_at_new_places(
    aws: MemoryAws, noon: float
) -> None:
    users = [f"user-{number}" for number in range(30)]
    aws.dynamo.leave_unprocessed(2)
    sent = frame()
    push(users, sent, about={})
    assert [kept(each) for each in users] == [[sent.id]] * 30
    assert aws.calls.count("dynamodb.BatchWriteItem") == 3


@pytest.mark.parametrize(("took", "entries"), [(30, 1), (31, 2)])
def test_a_slow_write_is_repeated_at_a_new_place(
    monkeypatch: pytest.MonkeyPatch, took: int, entries: int
) -> None:
    moments = iter([0, took, took, took])
    monkeypatch.setattr("shared.realtime.frame_log._clock", lambda: next(moments))
    sent = frame()
    push(["a"], sent, about={})
    assert kept("a") == [sent.id] * entries


def test_one_try_of_a_write_ends_before_it_is_slow() -> None:
    settings = client("dynamodb").meta.config
    tries = settings.retries["total_max_attempts"]
    waits = sum(2**number for number in range(tries - 1))  # botocore's standard mode
    assert tries * (settings.connect_timeout + settings.read_timeout) + waits < LATENESS / 2


def test_exactly_the_socket_that_is_gone_gets_no_more_frames(aws: MemoryAws) -> None:
    for socket in ("a1", "a2"):
        connect("a", socket)
    aws.gone_sockets = {"a1"}
    with stop_at(now() + 61):
        push(["a"], frame())
        assert [socket.connection_id for socket in sockets_of("a")] == ["a2"]
    assert len(aws.pushed["a2"]) == 1


def test_a_socket_that_is_still_opening_is_not_forgotten(aws: MemoryAws) -> None:
    connect("a", "a1")
    aws.gone_sockets = {"a1"}  # the gateway knows it once $connect has answered
    with stop_at(now() + 59):
        push(["a"], frame())
        aws.gone_sockets = set()
        push(["a"], frame())
    assert len(aws.pushed["a1"]) == 1


def test_forgetting_a_socket_that_is_already_deleted_is_no_failure(
    aws: MemoryAws, log: Log
) -> None:
    aws.gone_sockets = {"a1"}
    send([Connection("a1", user_id="a")], frame())
    assert Connection.find("a1") is None
    assert log.lines == []


@pytest.mark.parametrize("code", ["LimitExceededException", None])
def test_a_socket_that_missed_a_frame_is_closed_and_gets_no_other(
    aws: MemoryAws, log: Log, code: str | None
) -> None:
    connect("a", "a1"), connect("b", "b1")
    aws.fail("apigatewaymanagementapi.PostToConnection", code, times=6)
    push(["a"], frame(secret=SECRET))
    aws.fail("apigatewaymanagementapi.PostToConnection", code, times=0)
    push(["a", "b"], frame())
    assert (sockets_of("a"), aws.closed_sockets) == ([], ["a1"])
    assert aws.pushed.keys() == {"b1"}
    assert Connection.find("a1")  # $disconnect deletes it, and pushes who left
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


def test_what_fits_is_counted_in_bytes_and_is_at_least_one() -> None:
    items = [{"text": "語" * 10}] * 3  # 41 bytes each
    counts = [len(fitting(items, most)) for most in (40, 41, 81, 82, 122, 123)]
    assert counts == [1, 1, 1, 2, 2, 3]
    assert fitting([], 1) == []
