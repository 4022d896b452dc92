"""What `sync` replays."""

import pytest

from chat import ws_sync
from chat.event_log import replay
from shared.access.caller import Caller
from shared.clock import stop_at
from shared.ids import first_id_at, new_id
from shared.realtime.frame_log import keep
from shared.realtime.frames import Frame
from tests.support.gateway import LambdaContext
from tests.unit.chat.conftest import Frames, socket_event
from tests.unit.conftest import NOON


def log_of(user: Caller, count: int) -> list[str]:
    """Log `count` frames, one a second."""
    ids = []
    for number in range(count):
        with stop_at(NOON - 100 + number):
            frame = Frame("new_message", {"number": number}, new_id())
            keep([user.user_id], frame)
            ids.append(str(frame.id))
    return ids


def test_frames_after_the_cursor_come_in_order(caller: Caller) -> None:
    ids = log_of(caller, 5)
    missed = replay(caller.user_id, ids[1], 10)
    assert [frame.event_id for frame in missed.frames] == ids[2:]
    assert (missed.cursor, missed.has_more, missed.reset) == (ids[-1], False, False)
    nothing = replay(caller.user_id, missed.cursor, 10)
    assert (nothing.frames, nothing.cursor) == ([], ids[-1])


def test_page_by_page_nothing_is_lost_or_repeated(caller: Caller) -> None:
    ids = log_of(caller, 7)
    seen, cursor, has_more = [], first_id_at(NOON - 200), True
    while has_more:
        page = replay(caller.user_id, cursor, 3)
        assert len(page.frames) <= 3
        seen += [frame.event_id for frame in page.frames]
        cursor, has_more = page.cursor, page.has_more
    assert seen == ids


def test_without_a_cursor_only_the_end_of_the_log_is_returned(caller: Caller) -> None:
    assert replay(caller.user_id, None, 10).frames == []
    ids = log_of(caller, 2)
    here = replay(caller.user_id, None, 10)
    assert (here.frames, here.cursor, here.reset) == ([], ids[-1], False)


@pytest.mark.parametrize(
    "cursor", ["", "nope", first_id_at(NOON - 8 * 86400), first_id_at(NOON + 3600)]
)
def test_a_cursor_that_is_too_old_or_unknown(caller: Caller, cursor: str) -> None:
    ids = log_of(caller, 1)
    lost = replay(caller.user_id, cursor, 10)
    assert (lost.frames, lost.cursor, lost.reset) == ([], ids[-1], True)


def test_the_socket_gets_the_frames_then_synced(caller: Caller, frames: Frames) -> None:
    ids = log_of(caller, 3)
    log_of(Caller(new_id(), "another", new_id(), "user", "full"), 1)
    body = {"action": "sync", "cursor": ids[0], "request_id": "mine"}
    ws_sync.app(socket_event("sync", caller=caller, body=body), LambdaContext())
    *missed, synced = frames("socket")
    assert [frame["cursor"] for frame in missed] == ids[1:]
    assert [frame["data"] for frame in missed] == [{"number": 1}, {"number": 2}]
    assert not any("request_id" in frame for frame in missed)
    assert synced == {
        "event": "synced",
        "data": {"cursor": ids[-1], "has_more": False, "reset": False},
        "request_id": "mine",
    }
