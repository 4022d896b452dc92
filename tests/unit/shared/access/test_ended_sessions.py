"""Which of many sessions have ended: read in batches, with their bound and back-off."""

import time

import pytest

from shared.access.revocation import end_session
from shared.access.sessions import ended_sessions
from shared.dynamodb.tables import transaction
from shared.ids import new_id
from shared.transient import TransientError
from tests.support.memory_aws import MemoryAws


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)


@pytest.fixture
def sessions(aws: MemoryAws, settings: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """A session each of 150 people; the first and the last have ended."""
    made = [(f"user{number:03}", new_id()) for number in range(150)]
    for user_id, session_id in (made[0], made[-1]):
        with transaction() as write:
            end_session(write, user_id, session_id)
    aws.calls.clear()
    return made


def test_a_hundred_users_are_read_with_a_call(
    aws: MemoryAws, sessions: list[tuple[str, str]]
) -> None:
    assert ended_sessions(sessions) == {sessions[0], sessions[-1]}
    assert aws.calls == ["dynamodb.BatchGetItem"] * 2


def test_what_dynamodb_leaves_is_read_again(
    aws: MemoryAws, sessions: list[tuple[str, str]]
) -> None:
    aws.dynamo.leave_unprocessed(2)
    assert ended_sessions(sessions) == {sessions[0], sessions[-1]}
    assert aws.calls == ["dynamodb.BatchGetItem"] * 4


def test_a_table_that_stays_busy_ends_the_reading(
    aws: MemoryAws, sessions: list[tuple[str, str]]
) -> None:
    aws.dynamo.leave_all_unprocessed()
    with pytest.raises(TransientError):
        ended_sessions(sessions)
