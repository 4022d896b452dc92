"""The sign-in page of Google: whether it is used here, its URL, and the URL that it returns to."""

from oauthlib.oauth2 import WebApplicationClient

from auth.models import OAuthState
from shared.config import config
from shared.errors import FeatureDisabled

_SCOPE = "openid email profile"


def require_google() -> None:
    """Raise `FeatureDisabled` where sign-in with Google is not configured."""
    if not config.google_client_id:
        raise FeatureDisabled


def callback_url() -> str:
    """The redirect URI for browsers; it must be registered in Google's console."""
    return f"{config.public_url}/auth/google/callback"


def sign_in_url(sign_in: OAuthState) -> str:
    """The URL at Google to which `sign_in` sends the browser."""
    oauth = WebApplicationClient(config.google_client_id)
    url: str = oauth.prepare_request_uri(
        config.google_authorize_url,
        redirect_uri=callback_url(),
        scope=_SCOPE,
        state=sign_in.state,
        nonce=sign_in.nonce,
        code_challenge=oauth.create_code_challenge(sign_in.verifier, "S256"),
        code_challenge_method="S256",
        prompt="select_account",
    )
    return url
