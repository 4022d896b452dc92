"""POST /auth/change-email: request another e-mail address, which takes effect at /verify-otp."""

from typing import TypedDict

from pydantic import AliasChoices, Field

from auth.challenges import CODE_LIFE
from auth.email_changes import begin_change
from auth.mails import mail_code, mail_notice
from auth.password_confirmation import credentials_to_change
from shared.errors import EmailTaken, InvalidInput, Unauthorized
from shared.http.endpoint import endpoint
from shared.http.fields import Body, Email, GivenPassword
from shared.http.requests import Request
from users.public import find_by_login, find_user

app = endpoint("auth")


class NewAddress(Body):
    """The new address, and the password."""

    new_email: Email = Field(validation_alias=AliasChoices("new_email", "email"))
    password: GivenPassword | None = None


class CodeMailed(TypedDict):
    """A code was mailed to the new address."""

    message: str
    expires_in: int


@app.serve(
    "POST /auth/change-email",
    auth="unverified-ok",
    tier="sensitive",
    body=NewAddress,
    answer=CodeMailed,
)
def change_email(request: Request[NewAddress]) -> CodeMailed:
    """Request another e-mail address."""
    new_email = request.body.new_email
    credentials = credentials_to_change(request.caller, request.body.password)
    user = find_user(request.caller.user_id, consistent=True)
    if user is None:
        raise Unauthorized
    if user.email == new_email:
        raise InvalidInput(("new_email", "This is already your e-mail address."))
    if find_by_login(new_email):
        raise EmailTaken
    code = begin_change(user, credentials, new_email)
    mail_code("change_email", user, code, request.accept_language, to=new_email)
    mail_notice(user, request.accept_language)
    return {
        "message": "A code is on its way to the new address.",
        "expires_in": CODE_LIFE,
    }
