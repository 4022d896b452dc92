"""POST /forgot-password: mail a code and a link, either of which sets a new password."""

from typing import TypedDict

from auth.challenges import allow_resend_on_failure, renew
from auth.mails import mail_reset
from auth.password_resets import new_reset
from shared.errors import ResendTooSoon
from shared.http.endpoint import endpoint
from shared.http.fields import Body, Email
from shared.http.requests import Request
from users.public import find_by_login

app = endpoint("auth")


class ResetRequest(Body):
    """The account whose password was forgotten."""

    email: Email


class ResetMailed(TypedDict):
    """The answer, the same for every address."""

    message: str


@app.serve(
    "POST /forgot-password",
    socialhub=("POST /auth/request-reset", "POST /api/v1/auth/request-reset"),
    auth="none",
    tier="sensitive",
    body=ResetRequest,
    answer=ResetMailed,
    socialhub_answer=ResetMailed,
    account=lambda body: body.email,
)
def request_password_reset(request: Request[ResetRequest]) -> ResetMailed:
    """Request a mail for setting a new password; at most one a minute is sent."""
    user = find_by_login(request.body.email)
    challenge, code, token = new_reset(user, request.body.email)
    try:
        renew(challenge)
    except ResendTooSoon:
        pass  # the last mail is still valid, and the answer must not differ from the others
    else:
        with allow_resend_on_failure(challenge):
            mail_reset(user, code, token, request.accept_language)
    if request.is_socialhub:
        return {"message": "OTP sent to your email"}
    return {"message": "If this address has an account, a mail is on its way."}
