"""Google, as the place that people are sent to: whether they are, and from where they come back."""

from oauthlib.oauth2 import WebApplicationClient

from auth.models import OAuthState
from shared.config import config
from shared.errors import FeatureDisabled

_SCOPE = "openid email profile"


def require_google() -> None:
    """Raise `FeatureDisabled` where nobody signs in by Google."""
    if not config.google_client_id:
        raise FeatureDisabled


def callback_url() -> str:
    """Where Google sends people back to; its console has to know it."""
    return f"{config.public_url}/auth/google/callback"


def sign_in_url(begun: OAuthState) -> str:
    """Where a sign-in goes."""
    oauth = WebApplicationClient(config.google_client_id)
    url: str = oauth.prepare_request_uri(
        config.google_authorize_url,
        redirect_uri=callback_url(),
        scope=_SCOPE,
        state=begun.state,
        nonce=begun.nonce,
        code_challenge=oauth.create_code_challenge(begun.verifier, "S256"),
        code_challenge_method="S256",
        prompt="select_account",
    )
    return url
