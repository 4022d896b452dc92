"""GET /auth/google/callback, POST /auth/google/callback: log in with the code that Google gave.

GET is where Google sends the browser that `GET /auth/google/login` sent to it. POST takes the code
that a client got from Google itself, which must be safe without a state of ours: no browser is
logged in by it, only whoever sends the code gets the tokens; and codes of the one way are bound to
another address (and verifier) than those of the other, so that Google refuses them there.
"""

from typing import Annotated
from urllib.parse import urlencode

from pydantic import AliasChoices, Field

from auth.google import callback_url, require_google
from auth.google_accounts import enter
from auth.google_identities import HANDED_OVER, Identity, identity_of
from auth.oauth_states import cookie_forgotten, finish_sign_in
from auth.sessions import TokenSet, token_set
from shared import observability
from shared.config import config
from shared.errors import HoshiError, InvalidInput, InvalidOauthCode
from shared.http.endpoint import endpoint
from shared.http.fields import Body, Query, text
from shared.http.requests import Answer, Request

app = endpoint("auth")

HEADERS = {"Referrer-Policy": "no-referrer"}

type Given = Annotated[str, text(1, 2048)]


class Code(Body):
    """The code that a client got from Google itself."""

    code: Given | None = Field(None, validation_alias=AliasChoices("auth_code", "code"))
    restore: bool = False


class Callback(Query):
    """What Google sends a browser back with."""

    code: Annotated[str, text(0, 2048)] = ""
    state: Annotated[str, text(0, 512)] = ""


class LoggedIn(TokenSet):
    """The tokens."""

    profile_complete: bool


@app.serve(
    "GET /auth/google/callback",
    also=("POST /auth/google/callback",),
    auth="none",
    tier="sensitive",
    body=Code,
    query=Callback,
    answer=LoggedIn | TokenSet,
)
def finish_google_login(request: Request[Code, Callback]) -> Answer:
    """Log in by Google.

    A browser that comes back by GET is sent on with 302 to `{FrontendUrl}#token=…&refresh_token=…`,
    or to `{FrontendUrl}#error=<code>`; where no frontend is known it gets what POST answers.
    """
    if request.route.method == "POST":
        return Answer(posted(request), headers=HEADERS)
    headers = {**HEADERS, "Set-Cookie": cookie_forgotten()}
    if not config.frontend_url:
        return Answer(returned(request), headers=headers)
    try:
        tokens = returned(request)
    except HoshiError as problem:
        observability.log("google login refused", code=problem.code)
        result = {"error": problem.code}
    else:
        result = {"token": tokens["token"], "refresh_token": tokens["refresh_token"]}
    # Browsers keep a fragment to themselves: no server, and no log of one, ever sees it.
    headers["Location"] = f"{config.frontend_url}#{urlencode(result)}"
    return Answer("", status=302, headers=headers)


def posted(request: Request[Code, Callback]) -> LoggedIn:
    """The tokens for a code that a client got from Google itself."""
    require_google()
    if request.body.code is None:
        raise InvalidInput(("auth_code", "Send the code that Google gave."))
    identity = identity_of(request.body.code, HANDED_OVER)
    return logged_in(identity, request, request.body.restore)


def returned(request: Request[Code, Callback]) -> TokenSet:
    """The tokens for a browser that comes back from Google."""
    require_google()
    begun = finish_sign_in(request.query.state, request.headers.get("cookie", ""))
    if not request.query.code:
        raise InvalidOauthCode  # Google sends none when its user changes their mind
    identity = identity_of(request.query.code, callback_url(), begun)
    return logged_in(identity, request, begun.restores)


def logged_in(identity: Identity, request: Request[Code, Callback], restore: bool) -> LoggedIn:
    """The tokens of a new session of this identity's account."""
    user, session = enter(identity, request, restore)
    tokens = token_set(user, session)
    return {**tokens, "profile_complete": user.date_of_birth is not None}
