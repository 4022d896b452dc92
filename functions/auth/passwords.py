"""Password hashes: bcrypt over base64(SHA-256), because bcrypt alone reads only 72 bytes."""

import base64
import hashlib

import bcrypt

from shared.config import config


def hash_password(password: str) -> str:
    """A new hash, at the cost `PasswordCost`."""
    return bcrypt.hashpw(_prepared(password), bcrypt.gensalt(_cost())).decode()


def is_right(password: str, stored: str | None) -> bool:
    """Whether `password` matches the hash.

    Without a hash (there is no such account) the answer is False, after the same work.
    """
    if stored is None:
        hash_password(password)
        return False
    return bcrypt.checkpw(_prepared(password), stored.encode())


def is_outdated(stored: str) -> bool:
    """Whether the hash was made at a lower cost than the present one."""
    return int(stored.split("$")[2]) < _cost()


def _prepared(password: str) -> bytes:
    return base64.b64encode(hashlib.sha256(password.encode()).digest())


def _cost() -> int:
    return config.limits.password_cost
