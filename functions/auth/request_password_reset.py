"""POST /forgot-password: a mail with a code and a link that set a new password."""

from typing import TypedDict

from auth.challenges import counted_if_sent, renew
from auth.mails import mail_reset
from auth.password_resets import new_reset
from shared.errors import ResendTooSoon
from shared.http.endpoint import endpoint
from shared.http.fields import Body, Email
from shared.http.requests import Request
from users.public import find_by_login

app = endpoint("auth")


class Forgetful(Body):
    """Who forgot their password."""

    email: Email


class ResetMailed(TypedDict):
    """The same answer for everybody."""

    message: str


@app.serve(
    "POST /forgot-password",
    socialhub=("POST /auth/request-reset", "POST /api/v1/auth/request-reset"),
    auth="none",
    tier="sensitive",
    body=Forgetful,
    answer=ResetMailed,
    socialhub_answer=ResetMailed,
    account=lambda body: body.email,
)
def request_password_reset(request: Request[Forgetful]) -> ResetMailed:
    """Ask for a mail that sets a new password; at most one a minute goes out."""
    user = find_by_login(request.body.email)
    challenge, code, token = new_reset(user, request.body.email)
    try:
        renew(challenge)
    except ResendTooSoon:
        pass  # the mail of a moment ago holds, and its reader need not know of this call
    else:
        with counted_if_sent(challenge):
            mail_reset(user, code, token)
    if request.is_socialhub:
        return {"message": "OTP sent to your email"}
    return {"message": "If this address has an account, a mail is on its way."}
