"""Texts of clients as they are stored, for bodies and queries alike."""

import unicodedata
from typing import Any


def normalized(value: Any) -> Any:
    """A text in Unicode's form NFC, anything else as it is; raises `ValueError`."""
    if not isinstance(value, str) or value.isascii():
        return value
    if any("\ud800" <= character <= "\udfff" for character in value):
        # JSON can express half of a surrogate pair, UTF-8 cannot.
        raise ValueError("The text contains an invalid character.")
    return unicodedata.normalize("NFC", value)


def trimmed(value: Any) -> Any:
    """A normalized text without white space at its ends, anything else as it is."""
    value = normalized(value)
    return value.strip() if isinstance(value, str) else value
