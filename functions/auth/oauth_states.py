"""Sign-ins under way at a provider: each is finished by the browser that began it, once, within ten
minutes.

`state` is random and signed, so that a forged one costs no read. Its item holds what the browser
must never see (the PKCE verifier) and what the provider's answer must repeat (the nonce). A cookie
with the state's hash binds the sign-in to its browser: otherwise an attacker could make another
person's browser finish the attacker's sign-in, and so log it in to the wrong account.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from http.cookies import CookieError, SimpleCookie

from auth.models import OAuthState
from shared.access import signing_keys
from shared.clock import now
from shared.config import config
from shared.dynamodb.tables import ConditionFailed, conditions
from shared.errors import InvalidOauthState

LIFE = 600  # seconds
_PURPOSE = "oauth-state"
_COOKIE = "hoshi-sign-in"
_RANDOM = 16  # bytes


def begin_sign_in(restores: bool) -> OAuthState:
    """Begin a sign-in and store it. `restores`: it undoes the deletion of its account."""
    nonce = secrets.token_bytes(_RANDOM)
    kid, signature = signing_keys.sign("tokens", _PURPOSE, nonce)
    sign_in = OAuthState(
        _text(bytes.fromhex(kid) + signature[:16] + nonce),
        verifier=secrets.token_urlsafe(48),
        nonce=secrets.token_urlsafe(_RANDOM),
        restores=restores,
        expires_at=int(now()) + LIFE,
    )
    sign_in.create()
    return sign_in


def finish_sign_in(state: str, cookies: str) -> OAuthState:
    """Use up and return the sign-in of `state`, if the browser's `Cookie` header belongs to it.
    Raises `InvalidOauthState` if it does not, or if the sign-in has expired or was used."""
    if not _is_ours(state) or not hmac.compare_digest(_cookie_in(cookies), _cookie_value(state)):
        raise InvalidOauthState
    sign_in = OAuthState.find(state, consistent=True)
    if sign_in is None:
        raise InvalidOauthState
    try:
        with conditions():
            sign_in.delete(OAuthState.expires_at > int(now()))
    except ConditionFailed as error:
        raise InvalidOauthState from error
    return sign_in


def cookie_for(state: str) -> str:
    """The `Set-Cookie` header that binds a sign-in to its browser."""
    return _set_cookie(_cookie_value(state), LIFE)


def expired_cookie() -> str:
    """The `Set-Cookie` header that removes the cookie."""
    return _set_cookie("", 0)


def _set_cookie(value: str, life: int) -> str:
    # Lax, because the browser must send it when the provider redirects it back.
    attributes = f"Max-Age={life}; Path=/; HttpOnly; SameSite=Lax"
    return f"{_cookie_name()}={value}; {attributes}{'; Secure' if _is_over_tls() else ''}"


def _cookie_name() -> str:
    # With this prefix, browsers accept the cookie from this exact host only, and only over TLS.
    return f"__Host-{_COOKIE}" if _is_over_tls() else _COOKIE


def _is_over_tls() -> bool:
    return config.public_url.startswith("https://")


def _cookie_in(header: str) -> str:
    try:
        given = SimpleCookie(header).get(_cookie_name())
    except CookieError:
        return ""
    return given.value if given and given.value.isascii() else ""


def _cookie_value(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _is_ours(state: str) -> bool:
    try:
        raw = base64.b64decode(state + "=" * (-len(state) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    kid, signature, nonce = raw[:4].hex(), raw[4:20], raw[20:]
    return signing_keys.is_signed("tokens", _PURPOSE, nonce, kid, signature) and _text(raw) == state


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
