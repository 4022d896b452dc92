"""Access tokens (JWTs: HS256, two keys by `kid`) and refresh tokens. Only auth can read the keys.

A refresh token is the signed name of its session and generation. The session's item holds the next
valid generation, so a spent token is recognised as one that was once real, unlike a forged one.
"""

import base64
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt

from shared.access import signing_keys
from shared.access.caller import Caller
from shared.clock import now
from shared.config import config
from shared.errors import InvalidRefreshToken, Unauthorized
from shared.ids import new_id

_ALGORITHM = "HS256"
_AUDIENCE = "hoshi"
_CALLER = ("sub", "username", "sid", "role", "scope")  # the claims that a Caller is made of
_CLAIMS = ["iss", "aud", *_CALLER, "iat", "exp", "jti"]
_AUTHENTICATED_AT = "auth_time"  # the claim's name in OpenID Connect
_REFRESH = "refresh"
_LEEWAY = 60  # seconds by which two clocks may differ


def make_token(caller: Caller, life: int | None = None) -> str:
    """An access token for `caller`, valid for `life` seconds, by default for `AccessTokenHours`."""
    kid, key = signing_keys.signing_key("tokens")
    life = config.limits.access_token_hours * 3600 if life is None else life
    issued = int(now())
    claims: dict[str, Any] = {
        "iss": config.stack,
        "aud": _AUDIENCE,
        "sub": caller.user_id,
        "username": caller.username,
        "sid": caller.session_id,
        "role": caller.role,
        "scope": caller.scope,
        "iat": issued,
        "exp": issued + life,
        "jti": new_id(),
    }
    if caller.authenticated_at:
        claims[_AUTHENTICATED_AT] = caller.authenticated_at
    return jwt.encode(claims, key, algorithm=_ALGORITHM, headers={"kid": kid})


def read_token(token: str) -> Caller:
    """The caller that a token identifies; raises `Unauthorized` for every other token.

    PyJWT checks signature, algorithm, times, audience, issuer and that every claim is there.
    Whether the session is still alive is checked by the gate (`rate_limits`).
    """
    try:
        kid = _key_id(token.partition(".")[0])
        key = signing_keys.find_key("tokens", kid) if kid else None
        if key is None:
            raise Unauthorized
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=config.stack,
            leeway=_LEEWAY,
            options={"require": _CLAIMS, "strict_aud": True},
        )
    except jwt.InvalidTokenError as error:
        raise Unauthorized from error
    if int(claims["exp"]) <= now():  # the leeway is for `iat` and `nbf`: it must not extend a token
        raise Unauthorized
    user_id, username, session_id, role, scope = (claims[name] for name in _CALLER)
    proved_at = claims.get(_AUTHENTICATED_AT)
    return Caller(user_id, username, session_id, role, scope, proved_at)


@lru_cache(maxsize=64)
def _key_id(header: str) -> str | None:
    """The `kid` of an encoded header; None if `make_token` does not write such a header.

    All tokens signed with one key have the same header. So it is read once per key, not once per
    token, which would cost a third of the check.
    """
    read = jwt.get_unverified_header(f"{header}..")
    kid = read.get("kid")
    is_ours = isinstance(kid, str) and read == {"alg": _ALGORITHM, "typ": "JWT", "kid": kid}
    return kid if is_ours else None


def _to_base64(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _from_base64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """The content of a refresh token with a valid signature."""

    user_id: str
    session_id: str
    generation: int

    def to_text(self) -> str:
        """The opaque text that a client keeps."""
        message = f"{self.user_id}.{self.session_id}.{self.generation}".encode()
        kid, signature = signing_keys.sign("tokens", _REFRESH, message)
        return _to_base64(bytes.fromhex(kid) + signature + message).decode()

    @classmethod
    def from_text(cls, text: str) -> "RefreshToken":
        """The token that `to_text` wrote; raises `InvalidRefreshToken` for any other text."""
        try:
            raw = _from_base64(text)
        except ValueError as error:
            raise InvalidRefreshToken from error
        kid, signature, message = raw[:4].hex(), raw[4:36], raw[36:]
        if not signing_keys.is_signed("tokens", _REFRESH, message, kid, signature):
            raise InvalidRefreshToken
        user_id, session_id, generation = message.decode().split(".")
        return cls(user_id, session_id, int(generation))
