"""The fields that several requests of auth share."""

from typing import Annotated, Literal

from pydantic import AliasChoices, Field

from shared.http.fields import Body, Email, Name, Password, Ulid, Username, text

type Gender = Literal["male", "female", "other", "undisclosed"]
type CodePurpose = Literal["register", "change_email"]
type CaptchaToken = Annotated[str, text(0, 4096)]

CAPTCHA_NAMES = AliasChoices("captcha_token", "turnstile_token")
CODE_NAMES = AliasChoices("otp_code", "otp")


class Captcha(Body):
    """The token of a solved captcha, for deployments that ask for one (`auth/captcha.py`)."""

    captcha_token: CaptchaToken | None = Field(None, validation_alias=CAPTCHA_NAMES)


class NewAccount(Captcha):
    """Who signs up."""

    name: Name
    username: Username
    email: Email
    password: Password


class AccountOfCode(Body):
    """Whose code a request is about."""

    user_id: Ulid | None = None
    email: Email | None = None

    @property
    def named(self) -> str:
        """The account as the request names it."""
        return self.user_id or self.email or ""
