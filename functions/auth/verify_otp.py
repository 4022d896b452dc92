"""POST /verify-otp: verify an e-mail address with the mailed code."""

from typing import TypedDict

from pydantic import Field

from auth.bodies import CODE_NAMES, AccountOfCode, CodePurpose
from auth.challenges import decoy_subject, spend, try_code
from auth.email_changes import confirm_change
from auth.known_devices import first_device
from auth.login_accounts import account_of
from auth.models import Credentials
from auth.sessions import TokenSet, add_session, token_set
from emails.public import lift_suppression
from shared.clock import timestamp
from shared.dynamodb.tables import transaction
from shared.errors import InvalidInput, InvalidOtp
from shared.http.endpoint import endpoint
from shared.http.fields import Code
from shared.http.requests import Request
from users.public import verify_account

app = endpoint("auth")


class AddressCode(AccountOfCode):
    """The code, and the account that it belongs to."""

    code: Code = Field(validation_alias=CODE_NAMES)
    purpose: CodePurpose = "register"


class Verified(TypedDict):
    """A verified address."""

    message: str
    verified: bool


class VerifiedAccount(Verified, TokenSet):
    """A verified account and its tokens."""


@app.serve(
    "POST /verify-otp",
    auth="none",
    tier="registration",
    body=AddressCode,
    answer=VerifiedAccount | Verified,
    account=lambda body: body.named,
)
def verify_otp(request: Request[AddressCode]) -> VerifiedAccount | Verified:
    """Verify an e-mail address with the mailed code."""
    body = request.body
    if not body.named:
        raise InvalidInput(("user_id", "Send user_id or email."))
    if body.purpose == "change_email":
        confirm_change(body.user_id, body.email, body.code)
        return {"message": "Your e-mail address has been changed.", "verified": True}
    tokens = verify_registration(request)
    return {"message": "Your e-mail address is verified.", "verified": True, **tokens}


def verify_registration(request: Request[AddressCode]) -> TokenSet:
    """Verify the account that this code was mailed for at its sign-up, and log its owner in."""
    body = request.body
    user = account_of(body.user_id, body.email)
    subject = user.user_id if user else decoy_subject(body.named)
    challenge = try_code("register", subject, body.code, InvalidOtp())
    if user is None:
        raise InvalidOtp
    with transaction() as write:
        spend(write, challenge, InvalidOtp())
        verify_account(write, user)
        session = add_session(write, user, request)
        write.update(
            Credentials(user.user_id),
            Credentials.expires_at.remove(),
            Credentials.last_login_at.set(timestamp()),
            Credentials.devices.set(first_device(session)),
            condition=Credentials.is_there(),
        )
        lift_suppression(write, user.email, user.user_id)
    user.status, user.expires_at = "active", None
    return token_set(user, session)
