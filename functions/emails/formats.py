"""Formats: dates, times and durations as each language writes them."""

from datetime import UTC, datetime
from functools import cache
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format
from babel.units import format_unit

_LOCALES = {"en": "en_GB"}  # 1 May 2026, which nobody reads as January
_MOST_DIGITS = 6


def day(value: str, language: str) -> str:
    """The date of a timestamp (RFC 3339, or its date alone). Other text stays as it is."""
    moment = _moment(value)
    return format_date(moment, "long", _locale(language)) if moment else value


def moment(value: str, language: str) -> str:
    """The date and time of a timestamp, in UTC. Other text stays as it is."""
    found, locale = _moment(value), _locale(language)
    if found is None:
        return value
    time = f"{format_time(found, 'short', tzinfo=UTC, locale=locale)} UTC"
    both = str(get_datetime_format("medium", locale))
    return both.replace("{0}", time).replace("{1}", format_date(found, "long", locale))


def duration(value: str, unit: Literal["minute", "hour", "day"], language: str) -> str:
    """So many minutes, hours or days. Text that is no number stays as it is."""
    if not (value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS):
        return value
    text = format_unit(int(value), f"duration-{unit}", locale=_locale(language))
    return text.replace(" ", "") if language == "ja" else text  # as in sentences: 10分


def _moment(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, language))
