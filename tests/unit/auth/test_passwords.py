from types import SimpleNamespace
from typing import Any

import bcrypt
import pytest

from auth import passwords
from auth.passwords import hash_password, is_outdated, is_right


def test_a_hash_matches_its_password_alone() -> None:
    stored = hash_password("Correct-Horse-7")
    assert is_right("Correct-Horse-7", stored)
    assert not is_right("Correct-Horse-8", stored)
    assert stored != hash_password("Correct-Horse-7"), "salted"


def test_bytes_after_the_72nd_count() -> None:
    long = "Aa1-" + "é" * 100
    assert not is_right(long + "x", hash_password(long))


def test_a_hash_of_a_lower_cost_is_outdated(settings: pytest.MonkeyPatch) -> None:
    stored = hash_password("Correct-Horse-7")
    assert not is_outdated(stored)
    settings.setenv("PASSWORD_COST", "5")
    assert is_outdated(stored)
    assert is_right("Correct-Horse-7", stored)


def test_an_unknown_name_takes_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost of bcrypt is in its salt: one hash at the configured cost either way."""
    costs: list[bytes] = []

    def hashpw(password: bytes, salt: bytes) -> bytes:
        costs.append(salt[:7])
        return bcrypt.hashpw(password, salt)

    def checkpw(password: bytes, stored: bytes) -> bool:
        costs.append(stored[:7])
        return bcrypt.checkpw(password, stored)

    recording: Any = SimpleNamespace(gensalt=bcrypt.gensalt, hashpw=hashpw, checkpw=checkpw)
    stored = hash_password("Correct-Horse-7")
    monkeypatch.setattr(passwords, "bcrypt", recording)
    assert not is_right("Wrong-Horse-7", stored)
    assert not is_right("Wrong-Horse-7", None)
    assert costs == [b"$2b$04$", b"$2b$04$"]
