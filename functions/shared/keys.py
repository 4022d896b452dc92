"""Signing keys from Secrets Manager: two live ones each, so that a rotation invalidates nothing.

A secret is `{"current": ..., "previous": ...}`; `previous` is empty until the first rotation.
`tokens` is readable by auth alone, `cursors` by every service, so that no other service can make a
token.
"""

import hashlib
import hmac
from functools import cache
from typing import Literal

from shared.aws import client
from shared.clock import now
from shared.config import config

type KeyRing = Literal["tokens", "cursors"]

_MAX_AGE = 300  # seconds that a rotation may take to be seen


def signing_key(ring: KeyRing) -> tuple[str, bytes]:
    """The key that new signatures are made with, and its id (`kid`)."""
    return next(iter(_keys(ring, int(now() // _MAX_AGE)).items()))


def find_key(ring: KeyRing, kid: str) -> bytes | None:
    """The live key with this id, or None."""
    return _keys(ring, int(now() // _MAX_AGE)).get(kid)


def sign(ring: KeyRing, purpose: str, message: bytes) -> tuple[str, bytes]:
    """The id of the current key, and the 32-byte HMAC-SHA256 of `message` under it, for
    `purpose`."""
    kid, key = signing_key(ring)
    return kid, _hmac(key, purpose, message)


def is_signed(ring: KeyRing, purpose: str, message: bytes, kid: str, signature: bytes) -> bool:
    """Whether `signature` (whole, or cut to 16 bytes or more) was made by `sign`."""
    key = find_key(ring, kid)
    if key is None or len(signature) < 16:
        return False
    return hmac.compare_digest(_hmac(key, purpose, message)[: len(signature)], signature)


def _hmac(key: bytes, purpose: str, message: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\0" + message, "sha256")


@cache
def _keys(ring: KeyRing, period: int) -> dict[str, bytes]:
    # `period` is part of the cache's key: the secret is read again once in each.
    from aws_lambda_powertools.utilities.parameters import SecretsProvider

    provider = SecretsProvider(boto3_client=client("secretsmanager"))
    secret = provider.get(f"{config.stack}/{ring}", transform="json", force_fetch=True)
    live = [secret[name].encode() for name in ("current", "previous") if secret.get(name)]
    return {hashlib.sha256(key).hexdigest()[:8]: key for key in live}
