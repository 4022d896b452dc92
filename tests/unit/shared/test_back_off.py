"""The wait before a call is repeated: random, doubled each try, and bounded."""

import random
import time

import pytest

from shared.parallel import back_off


@pytest.mark.parametrize(
    ("attempt", "longest"), [(0, 0.02), (1, 0.04), (6, 1.28), (7, 1.28), (30, 1.28)]
)
def test_waits_double_up_to_a_bound(
    attempt: int, longest: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    monkeypatch.setattr(random, "uniform", lambda shortest, most: most)
    back_off(attempt)
    assert waited == [pytest.approx(longest)]
