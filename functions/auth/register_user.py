"""POST /register: sign up; a code is mailed, and tokens are given once it is verified."""

from typing import TypedDict

from pydantic import Field, ValidationInfo, field_validator

from auth.bodies import Gender, NewAccount
from auth.captcha import require_captcha
from auth.challenges import CODE_LIFE
from auth.registration import add_registration, mail_first_code, new_user
from shared.dynamodb.tables import transaction
from shared.http.endpoint import endpoint
from shared.http.fields import DateOfBirth, GivenPassword
from shared.http.idempotency import AlreadyMade, claim
from shared.http.requests import Request

app = endpoint("auth")


class Registration(NewAccount):
    """The account to create, and its settings."""

    confirm_password: GivenPassword | None = None
    date_of_birth: DateOfBirth
    gender: Gender
    enable_2fa: bool = False
    newsletter: bool = Field(False, validation_alias="subscribe_to_newsletter")

    @field_validator("confirm_password")
    @classmethod
    def _same(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and value != info.data.get("password", value):
            raise ValueError("The two passwords differ.")
        return value


class Registered(TypedDict):
    """An account whose e-mail address is not verified yet."""

    id: str
    user_id: str
    username: str
    email: str
    message: str
    expires_in: int


@app.serve(
    "POST /register",
    auth="none",
    tier="registration",
    body=Registration,
    answer=Registered,
    status=201,
    idempotent=True,
    account=lambda body: body.email,
)
def register_user(request: Request[Registration]) -> Registered:
    """Sign up."""
    body = request.body
    require_captcha(body.captcha_token, is_needed=request.needs_captcha)
    user = new_user(
        body,
        date_of_birth=body.date_of_birth,
        gender=body.gender,
        newsletter=body.newsletter,
        accept_language=request.accept_language,
    )
    try:
        with transaction() as write:
            claim(write, request, user.user_id)
            code = add_registration(write, user, body.password, two_factor=body.enable_2fa)
    except AlreadyMade as earlier:
        return registered(earlier.made_id, body)
    mail_first_code(user, code)
    return registered(user.user_id, body)


def registered(user_id: str, body: Registration) -> Registered:
    """The answer for an account that was created from `body`."""
    return {
        "id": user_id,
        "user_id": user_id,
        "username": body.username,
        "email": body.email,
        "message": "A code is on its way to your e-mail address.",
        "expires_in": CODE_LIFE,
    }
