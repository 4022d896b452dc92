"""Signing keys from Secrets Manager: two per ring, so that a rotation invalidates no signature.

A secret is `{"current": …, "previous": …}`; `previous` is empty until the first rotation. Only auth
can read `tokens`, every service can read `cursors`: so no other service can issue a token.
"""

import hashlib
import hmac
import json
from functools import lru_cache
from typing import Literal

from shared.aws.clients import client
from shared.clock import now
from shared.config import config

type KeyRing = Literal["tokens", "cursors"]

_MAX_AGE = 300  # seconds that a key is used before the secret is read again
_RECHECK = 10  # seconds before an unknown key causes another read


def signing_key(ring: KeyRing) -> tuple[str, bytes]:
    """The id (`kid`) of the current key, and the key."""
    return next(iter(_keys(ring, _MAX_AGE, int(now() // _MAX_AGE)).items()))


def find_key(ring: KeyRing, kid: str) -> bytes | None:
    """The current or previous key, by its id; None for any other id."""
    moment = now()
    key = _keys(ring, _MAX_AGE, int(moment // _MAX_AGE)).get(kid)
    if key is None:
        # The keys may have just been rotated, and the signer may know before us.
        key = _keys(ring, _RECHECK, int(moment // _RECHECK)).get(kid)
    return key


def sign(ring: KeyRing, purpose: str, message: bytes) -> tuple[str, bytes]:
    """The id of the current key, and its 32-byte HMAC-SHA256 of `purpose` and `message`."""
    kid, key = signing_key(ring)
    return kid, _hmac(key, purpose, message)


def is_signed(ring: KeyRing, purpose: str, message: bytes, kid: str, signature: bytes) -> bool:
    """Whether `signature` (whole, or its first 16 bytes or more) was made by `sign`."""
    key = find_key(ring, kid) if len(signature) >= 16 else None
    if key is None:
        return False
    return hmac.compare_digest(_hmac(key, purpose, message)[: len(signature)], signature)


def _hmac(key: bytes, purpose: str, message: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\0" + message, "sha256")


@lru_cache(maxsize=8)
def _keys(ring: KeyRing, seconds: int, period: int) -> dict[str, bytes]:
    # `period` is part of the cache's key, so a result is used for so many seconds at most.
    answer = client("secretsmanager").get_secret_value(SecretId=f"{config.stack}/{ring}")
    secret: dict[str, str] = json.loads(answer["SecretString"])
    live = [secret[name].encode() for name in ("current", "previous") if secret.get(name)]
    return {hashlib.sha256(key).hexdigest()[:8]: key for key in live}
