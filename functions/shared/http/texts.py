"""Texts of clients as they are stored, for bodies and queries alike."""

import unicodedata
from typing import Any

from shared.characters import is_visible


def normalized(value: Any) -> Any:
    """A text in Unicode's form NFC, anything else as it is; raises `ValueError`."""
    if not isinstance(value, str) or value.isascii():
        return value
    if any("\ud800" <= character <= "\udfff" for character in value):
        # JSON can express half of a surrogate pair, UTF-8 cannot.
        raise ValueError("The text contains an invalid character.")
    return unicodedata.normalize("NFC", value)


def trimmed(value: Any) -> Any:
    """A normalized text without white space at its ends, which is empty if nothing in it is seen;
    anything else as it is."""
    value = normalized(value)
    if not isinstance(value, str):
        return value
    return value.strip() if is_visible(value) else ""
