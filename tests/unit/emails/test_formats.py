"""Dates, times and durations, as the mails of each language write them."""

import pytest

from emails.formats import day, duration, moment
from shared.translations import LANGUAGES


def test_dates_are_written_as_in_each_language() -> None:
    dates = {each: day("2026-02-04T23:59:59.999Z", each) for each in LANGUAGES}
    assert dates == {"en": "4 February 2026", "ja": "2026年2月4日", "id": "4 Februari 2026"}
    assert day("2026-02-04", "ja") == "2026年2月4日"


def test_times_are_in_utc_and_say_so() -> None:
    moments = {each: moment("2026-02-05T01:30:00+02:00", each) for each in LANGUAGES}
    assert moments == {
        "en": "4 February 2026, 23:30 UTC",
        "ja": "2026年2月4日 23:30 UTC",
        "id": "4 Februari 2026 23.30 UTC",
    }


def test_durations_have_the_plural_of_their_language() -> None:
    assert [duration(each, "minute", "en") for each in ("1", "10")] == ["1 minute", "10 minutes"]
    assert [duration("24", "hour", each) for each in LANGUAGES] == ["24 hours", "24時間", "24 jam"]
    assert [duration("30", "day", each) for each in LANGUAGES] == ["30 days", "30日", "30 hari"]


@pytest.mark.parametrize(
    "text", ["noon", "", "<b>", "9" * 400, "-1", "1e3", "０", "0001-01-01T00:00+23:59"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_other_text_stays_as_it_is(text: str, language: str) -> None:
    assert day(text, language) == text
    assert moment(text, language) == text
    assert duration(text, "minute", language) == text
