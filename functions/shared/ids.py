"""ULIDs: 48 bits of milliseconds and 80 random bits as 26 Crockford characters, sortable by time.

They are generated here because `python-ulid` imports `importlib.metadata`, which costs 45 to 75 ms
of every cold start; this is a page of code. Within one process, the ids of a millisecond count
upwards, so that they sort in the order in which they were generated.
"""

import os
import re
from threading import Lock

from shared import clock

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]  # of ten bits each
_FORM = re.compile(f"[0-7][{_ALPHABET}]{{25}}")
_RANDOM_BITS = 80
_lock = Lock()
_last = 0


def new_id() -> str:
    """A new ULID."""
    global _last
    made = clock.now_ms() << _RANDOM_BITS | int.from_bytes(os.urandom(10))
    with _lock:
        if made >> _RANDOM_BITS == _last >> _RANDOM_BITS:
            made = _last + 1
        _last = made
    return encode(made)


def encode(number: int) -> str:
    """The 26 characters of a 128-bit number."""
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


def is_id(text: str) -> bool:
    """Whether `text` is a ULID as Hoshi writes it (26 upper-case characters)."""
    return _FORM.fullmatch(text) is not None


def time_of(ulid: str) -> float:
    """The epoch seconds at which `ulid` was generated."""
    milliseconds = 0
    for character in ulid[:10]:
        milliseconds = milliseconds << 5 | _VALUES[character]
    return milliseconds / 1000


def first_id_at(seconds: float) -> str:
    """The smallest ULID of the millisecond of `seconds`: all older ids sort before it."""
    return encode(int(seconds * 1000) << _RANDOM_BITS)


def derived_id(seconds: float, *parts: str) -> str:
    """The ULID that a time and parts always give: the key of a fact that may be reported twice."""
    import hashlib

    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return encode(int(seconds * 1000) << _RANDOM_BITS | int.from_bytes(digest[:10]))
