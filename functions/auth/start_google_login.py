"""GET /auth/google/login: redirect a browser to Google to sign in there."""

from auth.google import require_google, sign_in_url
from auth.oauth_states import begin_sign_in, cookie_for
from shared.http.endpoint import endpoint
from shared.http.queries import Flag, Query
from shared.http.requests import Answer, Request

app = endpoint("auth")


class SignIn(Query):
    """Whether the log-in undoes a pending deletion of its account."""

    restore = Flag()


@app.serve("GET /auth/google/login", auth="none", tier="public", query=SignIn, status=302)
def start_google_login(request: Request[None, SignIn]) -> Answer:
    """Begin a log-in with Google.

    The browser is redirected to Google with 302, and must return to `GET /auth/google/callback`
    within 10 minutes.
    """
    require_google()
    sign_in = begin_sign_in(request.query.restore)
    headers = {"Location": sign_in_url(sign_in), "Set-Cookie": cookie_for(sign_in.state)}
    return Answer("", headers=headers)
