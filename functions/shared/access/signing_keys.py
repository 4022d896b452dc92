"""Signing keys from Secrets Manager: two live ones each, so that a rotation invalidates nothing.

A secret is `{"current": ..., "previous": ...}`; `previous` is empty until the first rotation.
`tokens` is readable by auth alone, `cursors` by every service, so that no other service can make a
token.
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
_RECHECK = 10  # seconds before an unknown key may make it be read again


def signing_key(ring: KeyRing) -> tuple[str, bytes]:
    """The key that new signatures are made with, and its id (`kid`)."""
    return next(iter(_keys(ring, _MAX_AGE, int(now() // _MAX_AGE)).items()))


def find_key(ring: KeyRing, kid: str) -> bytes | None:
    """The live key with this id, or None."""
    moment = now()
    key = _keys(ring, _MAX_AGE, int(moment // _MAX_AGE)).get(kid)
    if key is None:
        # The keys may have been rotated a moment ago, and the signer may know before us.
        key = _keys(ring, _RECHECK, int(moment // _RECHECK)).get(kid)
    return key


def sign(ring: KeyRing, purpose: str, message: bytes) -> tuple[str, bytes]:
    """The id of the current key, and the 32-byte HMAC-SHA256 of `message` with it, for
    `purpose`."""
    kid, key = signing_key(ring)
    return kid, _hmac(key, purpose, message)


def is_signed(ring: KeyRing, purpose: str, message: bytes, kid: str, signature: bytes) -> bool:
    """Whether `signature` (whole, or cut to 16 bytes or more) was made by `sign`."""
    key = find_key(ring, kid) if len(signature) >= 16 else None
    if key is None:
        return False
    return hmac.compare_digest(_hmac(key, purpose, message)[: len(signature)], signature)


def _hmac(key: bytes, purpose: str, message: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\0" + message, "sha256")


@lru_cache(maxsize=8)
def _keys(ring: KeyRing, seconds: int, period: int) -> dict[str, bytes]:
    # What is remembered is remembered for one period of so many seconds.
    answer = client("secretsmanager").get_secret_value(SecretId=f"{config.stack}/{ring}")
    secret: dict[str, str] = json.loads(answer["SecretString"])
    live = [secret[name].encode() for name in ("current", "previous") if secret.get(name)]
    return {hashlib.sha256(key).hexdigest()[:8]: key for key in live}
