"""POST /auth/reauthenticate: prove again who the caller is, for the acts of an administrator."""

from typing import TypedDict

from pydantic import Field

from auth.bodies import CODE_NAMES
from auth.challenges import (
    CODE_LIFE,
    allow_resend_on_failure,
    new_challenge,
    renew,
    spend,
    try_code,
)
from auth.mails import mail_code
from auth.models import Challenge, Credentials, Session
from auth.password_confirmation import confirmed_credentials
from auth.sessions import caller_of
from shared.access.caller import Caller
from shared.access.tokens import make_token
from shared.clock import now, timestamp
from shared.config import config
from shared.dynamodb.tables import transaction
from shared.errors import InvalidOtp, Unauthorized, WrongPassword
from shared.http.endpoint import endpoint
from shared.http.fields import Body, Code, GivenPassword
from shared.http.requests import Request
from users.public import User, find_user

app = endpoint("auth")


class Proof(Body):
    """The password, if the account has one, and the mailed code where that is required too."""

    password: GivenPassword | None = None
    code: Code | None = Field(None, validation_alias=CODE_NAMES)


class Reauthenticated(TypedDict):
    """A fresh access token of the same session, whose refresh token stays as it is."""

    message: str
    is_2fa_required: bool
    token: str
    access_token: str
    token_type: str
    expires_in: int
    authenticated_at: str


class CodeMailed(TypedDict):
    """A code was mailed; send it, with the password again."""

    message: str
    is_2fa_required: bool
    expires_in: int


@app.serve(
    "POST /auth/reauthenticate",
    auth="token",
    tier="sensitive",
    body=Proof,
    answer=Reauthenticated | CodeMailed,
)
def reauthenticate_user(request: Request[Proof]) -> Reauthenticated | CodeMailed:
    """Prove again who the caller is.

    With two factors, or without a password, a code is mailed first.
    """
    caller, body = request.caller, request.body
    credentials = confirmed_credentials(caller.user_id, body.password)
    user = find_user(caller.user_id, consistent=True)
    if user is None:
        raise Unauthorized
    challenge = None
    if credentials.two_factor_enabled or not credentials.password_hash:
        if body.code is None:
            return mail_proof_code(user, credentials, request.accept_language)
        challenge = try_code("reauthenticate", user.user_id, body.code, InvalidOtp())
        if challenge.revision != credentials.revision:
            raise InvalidOtp
    session = mark_session(caller, credentials, challenge)
    token = make_token(caller_of(user, session))
    return {
        "message": "You have confirmed who you are.",
        "is_2fa_required": False,
        "token": token,
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": config.limits.access_token_hours * 3600,
        "authenticated_at": timestamp(session.authenticated_at),
    }


def mail_proof_code(user: User, credentials: Credentials, accept_language: str) -> CodeMailed:
    """Mail the code that proves that the caller reads the account's mails."""
    challenge, code = new_challenge(
        "reauthenticate", user.user_id, user.user_id, credentials.revision
    )
    renew(challenge)
    with allow_resend_on_failure(challenge):
        mail_code("reauthenticate", user, code, accept_language)
    return {
        "message": "A code is on its way to your e-mail address.",
        "is_2fa_required": True,
        "expires_in": CODE_LIFE,
    }


def mark_session(caller: Caller, credentials: Credentials, challenge: Challenge | None) -> Session:
    """Record the proof in the session, unless the credentials have changed meanwhile; the session's
    later tokens keep its moment."""
    moment = int(now())
    session = Session(caller.user_id, caller.session_id, authenticated_at=moment)
    with transaction() as write:
        if challenge:
            spend(write, challenge, InvalidOtp())
        write.check(
            Credentials,
            caller.user_id,
            condition=Credentials.revision == credentials.revision,
            otherwise=WrongPassword(),
        )
        write.update(
            session,
            Session.authenticated_at.set(moment),
            condition=Session.is_there(),
            otherwise=Unauthorized(),
        )
    return session
