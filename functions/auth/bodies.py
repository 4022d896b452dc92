"""Fields and base models that several request bodies of auth share."""

from typing import Annotated, Literal

from pydantic import AliasChoices, Field

from shared.http.fields import Body, Email, Name, Password, Ulid, Username, text

type Gender = Literal["male", "female", "other", "undisclosed"]
type CodePurpose = Literal["register", "change_email"]
type CaptchaToken = Annotated[str, text(0, 4096)]

CAPTCHA_NAMES = AliasChoices("captcha_token", "turnstile_token")
CODE_NAMES = AliasChoices("otp_code", "otp")


class Captcha(Body):
    """The token of a solved captcha, for deployments that require one (`auth/captcha.py`)."""

    captcha_token: CaptchaToken | None = Field(None, validation_alias=CAPTCHA_NAMES)


class NewAccount(Captcha):
    """The account to create."""

    name: Name
    username: Username
    email: Email
    password: Password


class AccountOfCode(Body):
    """The account that a code belongs to."""

    user_id: Ulid | None = None
    email: Email | None = None

    @property
    def named(self) -> str:
        """The user id or e-mail address in the request; empty if there is neither."""
        return self.user_id or self.email or ""
