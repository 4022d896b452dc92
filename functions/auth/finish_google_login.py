"""GET /auth/google/callback, POST /auth/google/callback: log in with a code that Google issued.

GET is where Google redirects the browser that came from `GET /auth/google/login`. POST takes a code
that a client obtained from Google itself.

POST needs no state: it logs no browser in, because the tokens go only to the sender of the code.
A code of one way does not work in the other: each binds its codes to its own redirect URI (GET also
to a verifier), so Google refuses them.
"""

from typing import Annotated
from urllib.parse import urlencode

from pydantic import AliasChoices, Field

from auth.google import callback_url, require_google
from auth.google_accounts import log_in_or_sign_up
from auth.google_identities import POSTMESSAGE, Identity, identity_of
from auth.oauth_states import expired_cookie, finish_sign_in
from auth.sessions import TokenSet, token_set
from shared import observability
from shared.config import config
from shared.errors import AccountBanned, HoshiError, InvalidInput, InvalidOauthCode
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.queries import Query, Text
from shared.http.requests import Answer, Request

app = endpoint("auth")

HEADERS = {"Referrer-Policy": "no-referrer"}

type GoogleCode = Annotated[str, text(1, 2048)]


class ClientCode(Body):
    """The code that a client obtained from Google itself."""

    code: GoogleCode | None = Field(None, validation_alias=AliasChoices("auth_code", "code"))
    restore: bool = False


class Callback(Query):
    """The query that Google redirects a browser back with."""

    code = Text(0, 2048).or_else("")
    state = Text(0, 512).or_else("")


class LoggedIn(TokenSet):
    """The tokens of the new session."""

    profile_complete: bool


@app.serve(
    "GET /auth/google/callback",
    also=("POST /auth/google/callback",),
    auth="none",
    tier="registration",
    body=ClientCode,
    query=Callback,
    answer=LoggedIn,
    other_status=302,
)
def finish_google_login(request: Request[ClientCode, Callback]) -> Answer:
    """Log in with Google.

    A browser that returns by GET is redirected with 302 to
    `{FrontendUrl}#token=…&refresh_token=…`, or to `{FrontendUrl}#error=<code>`; where no frontend
    is configured, it gets the same answer as POST.
    """
    if request.route.method == "POST":
        return Answer(tokens_for_client(request), headers=HEADERS)
    headers = {**HEADERS, "Set-Cookie": expired_cookie()}
    if not config.frontend_url:
        return Answer(tokens_for_browser(request), headers=headers)
    try:
        tokens = tokens_for_browser(request)
    except HoshiError as error:
        observability.log("google login refused", code=error.code)
        result = {"error": error.code}
        if isinstance(error, AccountBanned) and error.appeal_token:
            result["appeal_token"] = error.appeal_token
    else:
        result = {"token": tokens["token"], "refresh_token": tokens["refresh_token"]}
    # Browsers do not send fragments, so that no server and no log sees the tokens.
    headers["Location"] = f"{config.frontend_url}#{urlencode(result)}"
    return Answer("", status=302, headers=headers)


def tokens_for_client(request: Request[ClientCode, Callback]) -> LoggedIn:
    """The tokens for a code that a client obtained from Google itself."""
    require_google()
    if request.body.code is None:
        raise InvalidInput(("auth_code", "Send the code that Google issued."))
    identity = identity_of(request.body.code, POSTMESSAGE)
    return logged_in(identity, request, request.body.restore)


def tokens_for_browser(request: Request[ClientCode, Callback]) -> LoggedIn:
    """The tokens for a browser that returns from Google."""
    require_google()
    sign_in = finish_sign_in(request.query.state, request.headers.get("cookie", ""))
    if not request.query.code:
        raise InvalidOauthCode  # Google sends none when the user cancels
    identity = identity_of(request.query.code, callback_url(), sign_in)
    return logged_in(identity, request, sign_in.restores)


def logged_in(
    identity: Identity, request: Request[ClientCode, Callback], restore: bool
) -> LoggedIn:
    """The tokens of a new session for the account of `identity`."""
    user, session = log_in_or_sign_up(identity, request, restore)
    tokens = token_set(user, session)
    return {**tokens, "profile_complete": user.date_of_birth is not None}
