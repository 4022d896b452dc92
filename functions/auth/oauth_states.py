"""Sign-ins that have gone to a provider and are to come back: by the browser that left, once, and
soon.

`state` is random and signed, so that only ours costs a read; its item keeps what the provider must
never show to a browser (the PKCE verifier) and what its answer must repeat (the nonce). A cookie
with the state's hash binds it to the browser that began: nobody can send another's browser home
with an account that is not its own.
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
    """A sign-in that begins now, and is remembered; also whether it is to undo the deletion of its
    account."""
    nonce = secrets.token_bytes(_RANDOM)
    kid, signature = signing_keys.sign("tokens", _PURPOSE, nonce)
    begun = OAuthState(
        _text(bytes.fromhex(kid) + signature[:16] + nonce),
        verifier=secrets.token_urlsafe(48),
        nonce=secrets.token_urlsafe(_RANDOM),
        restores=restores,
        expires_at=int(now()) + LIFE,
    )
    begun.create()
    return begun


def finish_sign_in(state: str, cookies: str) -> OAuthState:
    """The sign-in that comes back with `state` and the browser's `Cookie` header, which cannot come
    again; raises `InvalidOauthState` for every other."""
    if not _is_ours(state) or not hmac.compare_digest(_cookie_in(cookies), _bound_to(state)):
        raise InvalidOauthState
    begun = OAuthState.find(state, consistent=True)
    if begun is None:
        raise InvalidOauthState
    try:
        with conditions():
            begun.delete(OAuthState.expires_at > int(now()))
    except ConditionFailed as error:
        raise InvalidOauthState from error
    return begun


def cookie_for(state: str) -> str:
    """The `Set-Cookie` that binds a sign-in to its browser."""
    return _set_cookie(_bound_to(state), LIFE)


def cookie_forgotten() -> str:
    """The `Set-Cookie` after which the browser has none."""
    return _set_cookie("", 0)


def _set_cookie(value: str, life: int) -> str:
    # Lax: it has to come along when the provider sends the browser back.
    attributes = f"Max-Age={life}; Path=/; HttpOnly; SameSite=Lax"
    return f"{_cookie_name()}={value}; {attributes}{'; Secure' if _is_over_tls() else ''}"


def _cookie_name() -> str:
    # The prefix makes browsers take it from this very host alone. Without TLS they refuse it.
    return f"__Host-{_COOKIE}" if _is_over_tls() else _COOKIE


def _is_over_tls() -> bool:
    return config.public_url.startswith("https://")


def _cookie_in(header: str) -> str:
    try:
        given = SimpleCookie(header).get(_cookie_name())
    except CookieError:
        return ""
    return given.value if given and given.value.isascii() else ""


def _bound_to(state: str) -> str:
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
