"""The gate under concurrent calls."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.access.budgets import Budget
from shared.access.rate_limits import admit, user_budget
from shared.access.revocation import end_all_sessions, end_session
from shared.clock import stop_at
from shared.dynamodb.tables import transaction
from shared.errors import RateLimited, Unauthorized
from shared.ids import new_id

HOUR = 3600
NOON = 1_767_614_400.0  # a full hour


def admitted(budget: Budget, calls: int, threads: int = 8) -> int:
    """How many of `calls` concurrent calls are admitted."""

    def one(_: int) -> int:
        try:
            admit(budget)
        except RateLimited:
            return 0
        return 1

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(one, range(calls)))


def test_exactly_the_limit_is_admitted(fresh: str) -> None:
    with stop_at(NOON):
        assert admitted(Budget(f"ip#{fresh}", "public", 20), 60) == 20


def test_at_the_turn_of_the_hour_no_call_is_lost_and_none_is_counted_twice(fresh: str) -> None:
    budget = Budget(f"ip#{fresh}", "public", 40)
    with stop_at(NOON):
        assert admitted(budget, 10) == 10
    with stop_at(NOON + HOUR):
        assert admitted(budget, 20) == 20
        assert admit(budget).remaining == 40 - 10 - 21


def test_the_sliding_hour_never_exceeds_its_limit(fresh: str) -> None:
    budget = Budget(f"ip#{fresh}", "public", 20)
    with stop_at(NOON):
        assert admitted(budget, 20) == 20
    with stop_at(NOON + 1.5 * HOUR):
        # Calls that find the hour full at the same time take theirs back, some needlessly.
        assert 5 <= admitted(budget, 40) <= 10


def test_the_next_call_of_an_ended_session_is_refused(fresh: str) -> None:
    budget, mine, other = user_budget(fresh), new_id(), new_id()
    admit(budget, mine)
    with transaction() as write:
        end_session(write, fresh, mine)
    with pytest.raises(Unauthorized):
        admit(budget, mine)
    admit(budget, other)


def test_when_all_sessions_end_the_kept_one_stays_alive(fresh: str) -> None:
    kept, other = new_id(), new_id()
    time.sleep(0.002)  # ids of the same millisecond are not ordered
    with transaction() as write:
        end_all_sessions(write, fresh, but=kept)
    admit(user_budget(fresh), kept)
    with pytest.raises(Unauthorized):
        admit(user_budget(fresh), other)


def test_ending_a_session_and_calling_at_the_same_time_both_succeed(fresh: str) -> None:
    budget, mine = user_budget(fresh), new_id()

    def end(number: int) -> None:
        with transaction() as write:
            end_session(write, fresh, f"{number}")

    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(admit, budget, mine) for _ in range(20)]
        ends = [pool.submit(end, number) for number in range(10)]
        for each in [*calls, *ends]:
            each.result()
    assert admit(budget, mine).remaining == budget.limit - 21
