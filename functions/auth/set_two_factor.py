"""PUT /settings/two-factor: turn the mailed code at each log-in on or off."""

from typing import TypedDict

from auth.models import Credentials
from auth.password_confirmation import credentials_to_change, new_revision
from shared.dynamodb.tables import ConditionFailed, WriteConflict
from shared.http.endpoint import endpoint
from shared.http.fields import Body, GivenPassword
from shared.http.requests import Request

app = endpoint("auth")


class TwoFactor(Body):
    """Whether it is on, and the password."""

    enabled: bool
    password: GivenPassword | None = None


class TwoFactorSet(TypedDict):
    """The new setting."""

    message: str
    two_factor_enabled: bool


@app.serve(
    "PUT /settings/two-factor",
    auth="token",
    tier="sensitive",
    body=TwoFactor,
    answer=TwoFactorSet,
)
def set_two_factor(request: Request[TwoFactor]) -> TwoFactorSet:
    """Turn the second factor on or off."""
    enabled = request.body.enabled
    credentials = credentials_to_change(request.caller, request.body.password)
    try:
        credentials.change(
            Credentials.two_factor_enabled.set(enabled),
            *new_revision(),
            condition=Credentials.revision == credentials.revision,
        )
    except ConditionFailed as error:
        raise WriteConflict from error
    state = "on" if enabled else "off"
    return {
        "message": f"Two-factor log-in is {state}.",
        "two_factor_enabled": enabled,
    }
