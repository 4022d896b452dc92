"""POST /resend-otp: another code by mail, at most one a minute; the older one dies."""

from typing import Literal, TypedDict

from auth.bodies import AccountOfCode, CodePurpose
from auth.challenges import (
    RESEND_GAP,
    counted_if_sent,
    find_challenge,
    new_challenge,
    nobody,
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


class CodeWanted(AccountOfCode):
    """Which code, and whose."""

    purpose: CodePurpose | Literal["two_factor"] = "register"
    challenge_id: Ulid | None = None

    @property
    def named(self) -> str:
        """The account, or the log-in, as the request names it."""
        return (self.challenge_id or "") if self.purpose == "two_factor" else super().named


class Resent(TypedDict):
    """The same answer for everybody."""

    message: str
    rate_limit_seconds: int


@app.serve(
    "POST /resend-otp",
    auth="none",
    tier="sensitive",
    body=CodeWanted,
    answer=Resent,
    account=lambda body: body.named,
)
def resend_otp(request: Request[CodeWanted]) -> Resent:
    """Ask for another code."""
    body = request.body
    if not body.named:
        field = "challenge_id" if body.purpose == "two_factor" else "user_id"
        raise InvalidInput((field, "Say whose code it is."))
    if body.purpose == "two_factor":
        resend_login_code(body.named)
    elif body.purpose == "change_email":
        renew_change(body.user_id, body.email)
    else:
        resend_first_code(body)
    return {
        "message": "If a code is due, it is on its way.",
        "rate_limit_seconds": RESEND_GAP,
    }


# Who has no code due is treated as who has one: the same reads, a challenge that nobody can answer,
# the same minute between two, and a mail to nobody.


def resend_first_code(body: CodeWanted) -> None:
    """The code of a registration, if this account waits for one."""
    found = account_of(body.user_id, body.email)
    user = found if found and account_status(found) == "unverified" else None
    subject = user.user_id if user else nobody(body.named)
    challenge, code = new_challenge("register", subject, subject)
    renew(challenge)
    with counted_if_sent(challenge):
        mail_code("register", user, code)


def resend_login_code(challenge_id: str) -> None:
    """The code of a log-in's second step, if one was begun."""
    begun = find_challenge("two_factor", challenge_id)
    user = find_user(begun.user_id if begun else NOBODY, consistent=True)
    if begun and user:
        challenge, code = new_challenge("two_factor", challenge_id, user.user_id, begun.revision)
        challenge.restores, challenge.expires_at = begun.restores, begun.expires_at
    else:
        challenge, code = new_challenge("two_factor", nobody(challenge_id), NOBODY)
    renew(challenge)
    with counted_if_sent(challenge):
        mail_code("two_factor", user, code)
