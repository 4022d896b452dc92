"""Times on the wire."""

import pytest

from shared import clock


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_767_321_845.678, "2026-01-02T02:44:05.678Z"),
        (1_767_321_845.6789, "2026-01-02T02:44:05.678Z"),
        (1_767_321_845.9999, "2026-01-02T02:44:05.999Z"),
        (1_709_164_800, "2024-02-29T00:00:00.000Z"),
    ],
)
def test_a_time_has_three_digits_of_milliseconds_and_is_in_utc(moment: float, text: str) -> None:
    assert clock.timestamp(moment) == text


def test_a_written_time_is_read_back() -> None:
    assert clock.seconds("2026-01-02T02:44:05.678Z") == pytest.approx(1_767_321_845.678)


def test_stopped_time_stands_still_and_goes_on_afterwards() -> None:
    with clock.stop_at(100.5):
        assert (clock.now(), clock.now_ms(), clock.timestamp()) == (
            100.5,
            100_500,
            "1970-01-01T00:01:40.500Z",
        )
        with clock.stop_at(7):
            assert clock.now() == 7
        assert clock.now() == 100.5
    assert clock.now() > 1_700_000_000
