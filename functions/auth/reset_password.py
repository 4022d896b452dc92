"""POST /reset-password: set a new password with a mailed code or link."""

from typing import Annotated, Self, TypedDict

from pydantic import AliasChoices, Field, model_validator

from auth.bodies import CODE_NAMES
from auth.models import Credentials
from auth.password_confirmation import new_revision
from auth.password_resets import Reset, reset_by_code, reset_by_token
from auth.passwords import hash_password, is_right
from emails.public import lift_suppression
from shared.access.revocation import end_all_sessions
from shared.dynamodb.tables import transaction
from shared.errors import PasswordReused
from shared.http.endpoint import endpoint
from shared.http.fields import Body, Code, Email, Password, text
from shared.http.requests import Request

app = endpoint("auth")

type ResetToken = Annotated[str, text(1, 200)]


class NewPassword(Body):
    """The new password and one proof: the link's token, the token traded for a code, or a code."""

    new_password: Password = Field(validation_alias=AliasChoices("new_password", "newPassword"))
    token: ResetToken | None = None
    reset_token: ResetToken | None = Field(
        None, validation_alias=AliasChoices("resetToken", "reset_token")
    )
    email: Email | None = None
    code: Code | None = Field(None, validation_alias=CODE_NAMES)

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        proofs = [each for each in (self.token, self.reset_token, self.code) if each]
        if len(proofs) != 1 or (self.code and not self.email):
            raise ValueError("Send exactly one of: token, resetToken, email with otp_code.")
        return self


class PasswordSet(TypedDict):
    """The answer to a reset."""

    message: str


@app.serve(
    "POST /reset-password",
    socialhub=("POST /auth/reset-password", "POST /api/v1/auth/reset-password"),
    auth="none",
    tier="sensitive",
    body=NewPassword,
    answer=PasswordSet,
    socialhub_answer=PasswordSet,
    # A token cannot be guessed. If its calls counted on the account, anybody who knows the
    # account's id could use up the calls of the token's owner.
    account=lambda body: body.email if body.code else None,
)
def reset_password(request: Request[NewPassword]) -> PasswordSet:
    """Set a new password with the code or the link of a mail."""
    new_password, reset = request.body.new_password, _reset(request.body)
    credentials = reset.credentials
    if credentials.password_hash and is_right(new_password, credentials.password_hash):
        reset.return_try()
        raise PasswordReused
    with transaction() as write:
        reset.use_up(write)
        write.update(
            credentials,
            Credentials.password_hash.set(hash_password(new_password)),
            *new_revision(),
            condition=Credentials.revision == credentials.revision,
            otherwise=reset.refusal,
        )
        lift_suppression(write, reset.challenge.email, credentials.user_id)
        end_all_sessions(write, credentials.user_id)
    return {"message": "The new password is set. All sessions have ended."}


def _reset(body: NewPassword) -> Reset:
    """The reset that the proof allows; raises the error that refuses it."""
    if body.email and body.code:
        return reset_by_code(body.email, body.code)
    return reset_by_token(body.token or body.reset_token or "")
