"""POST /resend-otp: mail another code, at most one a minute, in place of the older one."""

from typing import Literal, TypedDict

from auth.bodies import AccountOfCode, CodePurpose
from auth.challenges import (
    RESEND_GAP,
    allow_resend_on_failure,
    decoy_subject,
    find_challenge,
    new_challenge,
    renew,
)
from auth.email_changes import renew_change
from auth.login_accounts import account_of
from auth.mails import mail_code
from shared.errors import InvalidInput
from shared.http.endpoint import endpoint
from shared.http.fields import Ulid
from shared.http.requests import Request
from users.public import NOBODY, account_status, find_user

app = endpoint("auth")


class ResendRequest(AccountOfCode):
    """Which code to mail again, and whose."""

    purpose: CodePurpose | Literal["two_factor"] = "register"
    challenge_id: Ulid | None = None

    @property
    def named(self) -> str:
        """The id or address in the request: of the log-in at its second step, else of the account.
        Empty if it is missing."""
        return (self.challenge_id or "") if self.purpose == "two_factor" else super().named


class Resent(TypedDict):
    """The answer, the same for every account."""

    message: str
    rate_limit_seconds: int


@app.serve(
    "POST /resend-otp",
    auth="none",
    tier="registration",
    body=ResendRequest,
    answer=Resent,
    account=lambda body: body.named,
)
def resend_otp(request: Request[ResendRequest]) -> Resent:
    """Request another code."""
    body = request.body
    if not body.named:
        field = "challenge_id" if body.purpose == "two_factor" else "user_id"
        raise InvalidInput((field, "Say whose code it is."))
    if body.purpose == "two_factor":
        resend_login_code(body.named, request.accept_language)
    elif body.purpose == "change_email":
        renew_change(body.user_id, body.email, request.accept_language)
    else:
        resend_first_code(body, request.accept_language)
    return {
        "message": "If a code is due, it is on its way.",
        "rate_limit_seconds": RESEND_GAP,
    }


# If no code is due, the work is the same, so that nothing reveals it: the same reads, a challenge
# that no code answers, the same minute between two requests, and a mail without a recipient.


def resend_first_code(body: ResendRequest, accept_language: str) -> None:
    """Mail the code of a registration again, if the account is not verified yet."""
    found = account_of(body.user_id, body.email)
    user = found if found and account_status(found) == "unverified" else None
    subject = user.user_id if user else decoy_subject(body.named)
    challenge, code = new_challenge("register", subject, subject)
    renew(challenge)
    with allow_resend_on_failure(challenge):
        mail_code("register", user, code, accept_language)


def resend_login_code(challenge_id: str, accept_language: str) -> None:
    """Mail the code of a log-in's second step again, if there is such a log-in."""
    earlier = find_challenge("two_factor", challenge_id)
    user = find_user(earlier.user_id if earlier else NOBODY, consistent=True)
    if earlier and user:
        challenge, code = new_challenge("two_factor", challenge_id, user.user_id, earlier.revision)
        challenge.restores, challenge.expires_at = earlier.restores, earlier.expires_at
    else:
        challenge, code = new_challenge("two_factor", decoy_subject(challenge_id), NOBODY)
    renew(challenge)
    with allow_resend_on_failure(challenge):
        mail_code("two_factor", user, code, accept_language)
