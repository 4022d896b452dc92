"""The gate of frames: one write that asks for the session and the rate of the minute."""

import pytest

from shared.access.frame_rates import admit_frame, is_first_refusal
from shared.access.rate_limits import admit, user_budget
from shared.access.revocation import end_all_sessions, end_session
from shared.clock import stop_at
from shared.dynamodb.tables import transaction
from shared.errors import RateLimited, Unauthorized
from shared.ids import new_id
from tests.support.memory_aws import MemoryAws
from tests.unit.conftest import NOON

USER = "01KE6ND5G0000000000000000A"


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws, settings: pytest.MonkeyPatch, noon: float) -> None:
    """AWS in memory, a limit of five frames, and a stopped clock."""
    settings.setenv("WS_FRAMES_PER_MINUTE", "5")


def admitted(session: str, frames: int) -> int:
    count = 0
    for _ in range(frames):
        try:
            admit_frame(USER, session)
            count += 1
        except RateLimited:
            pass
    return count


def gate(aws: MemoryAws) -> dict[str, object]:
    [item] = aws.dynamo.items("hoshi-gates")
    return item


def test_a_minute_has_room_for_the_limit(aws: MemoryAws) -> None:
    assert admitted(new_id(), 9) == 5
    with stop_at(NOON + 60):
        assert admitted(new_id(), 9) == 5


def test_a_frame_is_one_write(aws: MemoryAws) -> None:
    session = new_id()
    for minute in range(3):
        with stop_at(NOON + 60 * minute):
            admit_frame(USER, session)
    assert aws.calls == ["dynamodb.UpdateItem"] * 3


def test_frames_of_an_ended_session_are_refused_and_not_counted(aws: MemoryAws) -> None:
    ended, alive = new_id(), new_id()
    with transaction() as write:
        end_session(write, USER, ended)
    with pytest.raises(Unauthorized):
        admit_frame(USER, ended)
    assert admitted(alive, 9) == 5
    with pytest.raises(Unauthorized):  # the session comes first, also beyond the rate
        admit_frame(USER, ended)


def test_of_all_sessions_that_ended_the_kept_one_goes_on(aws: MemoryAws) -> None:
    kept, ended = new_id(), new_id()
    with transaction() as write:
        end_all_sessions(write, USER, but=kept)
    admit_frame(USER, kept)
    with pytest.raises(Unauthorized):
        admit_frame(USER, ended)


def test_frames_do_not_count_as_calls_nor_calls_as_frames(aws: MemoryAws) -> None:
    session = new_id()
    admitted(session, 9)
    assert admit(user_budget(USER), session).remaining == user_budget(USER).limit - 1
    assert admit(user_budget(USER), session).remaining == user_budget(USER).limit - 2
    with stop_at(NOON + 60):
        assert admitted(session, 9) == 5


def test_past_minutes_are_removed(aws: MemoryAws) -> None:
    session = new_id()
    for minute in (0, 1, 11):
        with stop_at(NOON + 60 * minute):
            admit_frame(USER, session)
    assert sum(name.startswith("f_") for name in gate(aws)) == 1
    with stop_at(NOON + 60 * 30):  # the sockets were closed in between
        admit_frame(USER, session)
    assert sum(name.startswith("f_") for name in gate(aws)) == 2
    with stop_at(NOON + 60 * 30):
        admit(user_budget(USER), session)
    assert sum(name.startswith("f_") for name in gate(aws)) == 1
    with stop_at(NOON + 60 * 30):
        assert admitted(session, 9) == 4


def test_a_frame_waits_for_a_transaction_that_ends_sessions(aws: MemoryAws) -> None:
    aws.fail("dynamodb.UpdateItem", "TransactionConflictException", times=2)
    admit_frame(USER, new_id())
    assert aws.calls == ["dynamodb.UpdateItem"] * 3


def test_one_refusal_in_a_second_is_the_first(aws: MemoryAws) -> None:
    admit_frame(USER, new_id())
    assert [is_first_refusal(USER) for _ in range(3)] == [True, False, False]
    with stop_at(NOON + 1):
        assert [is_first_refusal(USER) for _ in range(2)] == [True, False]


def test_a_gate_that_only_frames_have_made_expires(aws: MemoryAws) -> None:
    admit_frame(USER, new_id())
    assert "expires_at" in gate(aws)
