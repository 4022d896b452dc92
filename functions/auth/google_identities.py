"""Google as an OpenID provider: exchange a code for the identity that it stands for.

The ID token comes from the token endpoint itself, and TLS proves that this is Google's: OpenID
Connect Core 3.1.3.7 accepts that in place of checking the signature (a library for RS256 would
double the layer). Issuer, audience, times and nonce are checked.
"""

from typing import Annotated, Any

import jwt
import requests
from oauthlib.oauth2 import OAuth2Error
from pydantic import Field
from requests_oauthlib import OAuth2Session

from auth.models import OAuthState
from auth.third_party import TIMEOUT, read_within_bounds, secret_for
from shared import observability
from shared.clock import now
from shared.config import config
from shared.errors import DependencyUnavailable, InvalidInput, InvalidOauthCode
from shared.http.fields import Body, Email, text
from shared.http.requests import validated

# The redirect URI of codes that a client obtains through Google's own JavaScript or app library.
POSTMESSAGE = "postmessage"
# Google's errors for a code that is spent, forged, or issued for another redirect URI.
_WRONG_CODE = {"invalid_grant", "invalid_request", "redirect_uri_mismatch"}
_SKEW = 60  # seconds that two clocks may differ


class Identity(Body):
    """The person that an ID token names. The `subject` never changes, the address may."""

    subject: Annotated[str, text(1, 255)] = Field(validation_alias="sub")
    email: Email
    email_verified: bool = False
    name: str = ""


def identity_of(code: str, redirect_uri: str, sign_in: OAuthState | None = None) -> Identity:
    """The identity behind a code that Google issued for `redirect_uri`; `sign_in` is the one that
    began here, if one did. Raises `InvalidOauthCode`, also if Google has not verified the
    address."""
    claims = _claims_in(_tokens_for(code, redirect_uri, sign_in))
    if sign_in and claims.get("nonce") != sign_in.nonce:
        raise InvalidOauthCode
    try:
        identity = validated(Identity, claims)
    except InvalidInput as error:
        raise InvalidOauthCode from error
    if not identity.email_verified:
        raise InvalidOauthCode("Google has not verified this e-mail address.")
    return identity


def _tokens_for(code: str, redirect_uri: str, sign_in: OAuthState | None) -> dict[str, Any]:
    with OAuth2Session(config.google_client_id, redirect_uri=redirect_uri) as session:
        session.max_redirects = 0
        session.stream = True
        session.hooks["response"].append(read_within_bounds)
        try:
            tokens: dict[str, Any] = session.fetch_token(
                config.google_token_url,
                code=code,
                client_secret=secret_for("google", "client_secret"),
                timeout=TIMEOUT,
                code_verifier=sign_in.verifier if sign_in else None,
            )
        except (requests.RequestException, OAuth2Error) as error:
            if getattr(error, "error", None) in _WRONG_CODE:
                raise InvalidOauthCode from error
            # Google is down or rejects our credentials; neither is the client's fault.
            observability.log_failure("google refused or did not answer")
            raise DependencyUnavailable(retry_after="5") from error
    return tokens


def _claims_in(tokens: dict[str, Any]) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            str(tokens.get("id_token", "")),
            options={
                "verify_signature": False,
                "verify_aud": True,
                "verify_iss": True,
                "require": ["iss", "aud", "sub", "iat", "exp"],
            },
            audience=config.google_client_id,
            # Google writes its issuer with and without the scheme.
            issuer=[config.google_issuer, config.google_issuer.removeprefix("https://")],
        )
    except jwt.InvalidTokenError as error:
        raise InvalidOauthCode from error
    for_us = claims.get("azp", config.google_client_id) == config.google_client_id
    if not for_us or not _is_current(claims["iat"], claims["exp"]):
        raise InvalidOauthCode
    return claims


def _is_current(issued: Any, expires: Any) -> bool:
    # Checked against our clock, which tests can stop.
    are_times = isinstance(issued, int | float) and isinstance(expires, int | float)
    return are_times and issued - _SKEW <= now() < expires + _SKEW
