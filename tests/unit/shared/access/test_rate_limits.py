"""The gate: sliding hours that count admitted calls, and sessions that end at once."""

from collections.abc import Callable

import pytest

from infra.routes import AUTHORIZER_CACHE
from shared.access import rate_limits
from shared.access.budgets import Budget
from shared.access.rate_limits import admit, ip_subject, uncount, user_budget
from shared.access.revocation import GRACE, end_all_sessions, end_session
from shared.access.sessions import ended_sessions, is_session_alive
from shared.clock import stop_at
from shared.config import config
from shared.dynamodb.tables import transaction
from shared.errors import RateLimited, Unauthorized
from shared.ids import new_id
from tests.support.memory_aws import MemoryAws

HOUR = 3600
NOON = 1_767_614_400.0  # a full hour
USER = "01KE6ND5G0000000000000000A"

type CallsLeft = Callable[[Budget], int]


@pytest.fixture(autouse=True)
def in_memory(aws: MemoryAws) -> None:
    """AWS in memory."""


def admitted(budget: Budget, calls: int) -> int:
    """How many of `calls` calls are admitted."""
    count = 0
    for _ in range(calls):
        try:
            admit(budget)
            count += 1
        except RateLimited:
            pass
    return count


def refused(budget: Budget) -> RateLimited:
    with pytest.raises(RateLimited) as raised:
        admit(budget)
    return raised.value


def test_an_hour_has_room_for_the_limit_and_not_for_one_more(noon: float) -> None:
    budget = Budget("ip#1", "public", 5)
    assert [admit(budget).remaining for _ in range(5)] == [4, 3, 2, 1, 0]
    refused(budget)


def test_budgets_of_other_subjects_and_scopes_are_their_own(noon: float) -> None:
    assert admitted(Budget("ip#1", "public", 2), 5) == 2
    assert admitted(Budget("ip#2", "public", 2), 5) == 2
    assert admitted(Budget("ip#1", "login", 2), 5) == 2


def test_refused_calls_are_not_counted(noon: float, calls_left: CallsLeft) -> None:
    budget = Budget("ip#1", "public", 3)
    admitted(budget, 15)
    assert calls_left(budget) == 0
    uncount(budget)
    assert admitted(budget, 5) == 1


def test_the_hour_slides_and_the_last_hours_calls_fade() -> None:
    budget = Budget("ip#1", "public", 20)
    with stop_at(NOON + HOUR - 1):
        assert admitted(budget, 20) == 20
    with stop_at(NOON + HOUR):  # all calls of the last hour still count
        assert admitted(budget, 3) == 0
    with stop_at(NOON + 1.25 * HOUR):
        assert admitted(budget, 8) == 5
    with stop_at(NOON + 1.5 * HOUR):
        assert admitted(budget, 8) == 5
    with stop_at(NOON + 3 * HOUR):  # none of either hour
        assert admitted(budget, 23) == 20


def test_calls_that_slide_out_are_not_counted_when_they_are_refused(calls_left: CallsLeft) -> None:
    budget = Budget("ip#1", "public", 10)
    with stop_at(NOON):
        admitted(budget, 10)
    with stop_at(NOON + 1.5 * HOUR):
        assert admitted(budget, 15) == 5
        assert calls_left(budget) == 5


@pytest.mark.parametrize("limit", [1, 2, 3, 10, 1000])
@pytest.mark.parametrize("start", [0, 1, 1799.5, 3599.9])
def test_retry_after_is_when_the_next_call_succeeds_and_no_earlier(
    aws: MemoryAws, limit: int, start: float
) -> None:
    budget = Budget("ip#1", "public", limit)
    with stop_at(NOON + start):
        admitted(budget, min(limit, 10))
        if limit == 1000:  # 990 calls more, without making them
            item = aws.dynamo.items("hoshi-gates")[0]
            item["n"]["N"] = "1000"
        wait = int(refused(budget).headers["Retry-After"])
    if wait > 1:
        with stop_at(NOON + start + wait - 2):
            refused(budget)
    with stop_at(NOON + start + wait):
        assert admitted(budget, 1) == 1


def test_retry_after_counts_what_is_left_of_the_last_hour() -> None:
    budget = Budget("ip#1", "public", 10)
    with stop_at(NOON):
        admitted(budget, 10)
    with stop_at(NOON + 1.5 * HOUR):
        admitted(budget, 10)
        # Five of the last hour and five of this one. The next fits when four of the ten count.
        assert int(refused(budget).headers["Retry-After"]) == pytest.approx(0.1 * HOUR, abs=1)


def test_headers_give_the_budget_and_when_there_is_more(noon: float) -> None:
    budget = Budget("ip#1", "public", 2)
    assert admit(budget).headers() == {
        "X-RateLimit-Limit": "2",
        "X-RateLimit-Remaining": "1",
        "X-RateLimit-Reset": str(int(NOON) + HOUR),
    }
    admit(budget)
    headers = refused(budget).headers
    assert headers["X-RateLimit-Remaining"] == "0"
    assert NOON < int(headers["X-RateLimit-Reset"]) <= NOON + HOUR


def test_the_first_call_of_an_hour_costs_two_writes_and_every_other_one(aws: MemoryAws) -> None:
    budget = Budget("ip#1", "public", 10)
    with stop_at(NOON):
        admit(budget)
        assert len(aws.calls) == 2
        admit(budget)
        assert len(aws.calls) == 3


def test_a_clock_that_is_behind_does_not_turn_the_hour_back(calls_left: CallsLeft) -> None:
    budget = Budget("ip#1", "public", 10)
    with stop_at(NOON):
        admitted(budget, 4)
    with stop_at(NOON - 0.2):
        assert admit(budget).remaining == 5
    with stop_at(NOON):
        assert admit(budget).remaining == 4


def test_a_gate_outlives_its_windows_and_every_token(aws: MemoryAws, noon: float) -> None:
    admit(Budget("ip#1", "public", 10))
    (item,) = aws.dynamo.items("hoshi-gates")
    assert int(item["expires_at"]["N"]) >= NOON + 24 * HOUR


def test_a_session_lives_until_it_is_ended(noon: float) -> None:
    mine, other = new_id(), new_id()
    budget = user_budget(USER)
    admit(budget, mine)
    with transaction() as write:
        end_session(write, USER, mine)
    with pytest.raises(Unauthorized):
        admit(budget, mine)
    admit(budget, other)
    assert not is_session_alive(USER, mine)
    assert is_session_alive(USER, other)


def test_many_sessions_are_looked_up_together(noon: float) -> None:
    mine, other, foreign = new_id(), new_id(), new_id()
    with transaction() as write:
        end_session(write, USER, mine)
    other_user = USER[:-1] + "B"
    sessions = {(USER, mine), (USER, other), (other_user, foreign), (other_user, mine)}
    assert ended_sessions(sessions) == {(USER, mine)}
    assert ended_sessions(set()) == set()


def test_a_session_can_be_ended_before_the_user_made_any_call(noon: float) -> None:
    mine = new_id()
    with transaction() as write:
        end_session(write, USER, mine)
    with pytest.raises(Unauthorized):
        admit(user_budget(USER), mine)
    admit(user_budget(USER), new_id())


def test_all_sessions_end_except_the_kept_one_and_later_ones() -> None:
    with stop_at(NOON):
        kept, other = new_id(), new_id()
    with stop_at(NOON + 1), transaction() as write:
        end_all_sessions(write, USER, but=kept)
    with stop_at(NOON + 2):
        later = new_id()
        for session in (kept, later):
            admit(user_budget(USER), session)
            assert is_session_alive(USER, session)
        with pytest.raises(Unauthorized):
            admit(user_budget(USER), other)
        assert not is_session_alive(USER, other)


def test_a_session_is_kept_only_once() -> None:
    with stop_at(NOON):
        kept = new_id()
    with stop_at(NOON + 1), transaction() as write:
        end_all_sessions(write, USER, but=kept)
    with stop_at(NOON + 2), transaction() as write:
        end_all_sessions(write, USER)
    with stop_at(NOON + 3), pytest.raises(Unauthorized):
        admit(user_budget(USER), kept)


def test_an_ended_session_is_401_even_when_the_hour_is_full_and_does_not_count(
    aws: MemoryAws, settings: pytest.MonkeyPatch, calls_left: CallsLeft
) -> None:
    settings.setenv("RATE_USER", "2")
    with stop_at(NOON):
        mine = new_id()
        admitted(user_budget(USER), 2)
        with transaction() as write:
            end_session(write, USER, mine)
        with pytest.raises(Unauthorized):
            admit(user_budget(USER), mine)
    with stop_at(NOON + HOUR), pytest.raises(Unauthorized):
        admit(user_budget(USER), mine)
    assert calls_left(user_budget(USER)) == 0


def test_ended_sessions_are_forgotten_once_their_tokens_have_expired(aws: MemoryAws) -> None:
    with stop_at(NOON):
        old = new_id()
        with transaction() as write:
            end_session(write, USER, old)
        admit(user_budget(USER), new_id())
    with stop_at(NOON + 23 * HOUR):
        recent = new_id()
        with transaction() as write:
            end_session(write, USER, recent)
        admit(user_budget(USER), new_id())
        assert not is_session_alive(USER, old)
    with stop_at(NOON + 26 * HOUR):
        admit(user_budget(USER), new_id())
        (item,) = aws.dynamo.items("hoshi-gates")
        assert f"s_{old}" not in item
        assert f"s_{recent}" in item


def test_an_ended_session_is_remembered_while_the_gateway_caches_its_token() -> None:
    """The authorizer's answer is cached for five minutes, even if the token expires in between.
    Sessions are forgotten at the turn of the hour."""
    with stop_at(NOON - 60):
        mine = new_id()
        with transaction() as write:
            end_session(write, USER, mine)
        admit(user_budget(USER), new_id())
    for minutes in (0, 4):
        with stop_at(NOON + 24 * HOUR + minutes * 60):
            admit(user_budget(USER), new_id())
            with pytest.raises(Unauthorized):
                admit(user_budget(USER), mine)
    assert GRACE > AUTHORIZER_CACHE


def test_a_call_waits_for_a_transaction_on_its_gate(aws: MemoryAws, noon: float) -> None:
    budget = Budget("ip#1", "public", 10)
    admit(budget)
    aws.fail("dynamodb.UpdateItem", "TransactionConflictException", times=2)
    assert admit(budget).remaining == 8


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("203.0.113.7", "ip#203.0.113.7"),
        ("::ffff:203.0.113.7", "ip#203.0.113.7"),
        ("2001:db8:1:2::1", "ip#2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "ip#2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "ip#2001:db8:1:3::/64"),
    ],
)
def test_an_ipv4_address_counts_by_itself_an_ipv6_address_by_its_network(
    address: str, subject: str
) -> None:
    assert ip_subject(address) == subject


def test_limits_are_scaled_by_the_deployment(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("RATE_SCALE", "1000")
    assert rate_limits.scaled(config.limits.rate_sensitive) == 10_000
