"""POST /auth/verify-otp: trade the code of a reset for a token that sets a new password."""

from typing import TypedDict

from pydantic import Field

from auth.bodies import CODE_NAMES
from auth.password_resets import reset_by_code
from shared.http.endpoint import endpoint
from shared.http.fields import Body, Code, Email
from shared.http.requests import Request

app = endpoint("auth")


class ResetCode(Body):
    """The code, and the address that it was mailed to."""

    email: Email
    code: Code = Field(validation_alias=CODE_NAMES)


class ResetAllowed(TypedDict):
    """A token that sets a new password, once, within 15 minutes."""

    success: bool
    message: str
    resetToken: str


@app.serve(
    "POST /auth/verify-otp",
    socialhub=("POST /api/v1/auth/verify-otp",),
    auth="none",
    tier="sensitive",
    body=ResetCode,
    answer=ResetAllowed,
    socialhub_answer=ResetAllowed,
    account=lambda body: body.email,
)
def verify_reset_code(request: Request[ResetCode]) -> ResetAllowed:
    """Trade the code of a reset for a token."""
    token = reset_by_code(request.body.email, request.body.code).trade()
    return {"success": True, "message": "OTP verified", "resetToken": token}
