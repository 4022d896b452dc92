"""PUT /settings/two-factor: ask for a mailed code at each log-in, or not."""

from typing import TypedDict

from auth.models import Credentials
from auth.password_confirmation import confirmed_credentials, new_revision
from shared.dynamodb.tables import ConditionFailed, WriteConflict
from shared.http.endpoint import endpoint
from shared.http.fields import Body, GivenPassword
from shared.http.requests import Request

app = endpoint("auth")


class TwoFactor(Body):
    """On or off."""

    enabled: bool
    password: GivenPassword | None = None


class TwoFactorSet(TypedDict):
    """What holds now."""

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
    """Switch the second factor on or off."""
    wanted = request.body.enabled
    credentials = confirmed_credentials(request.caller.user_id, request.body.password)
    try:
        credentials.change(
            Credentials.two_factor_enabled.set(wanted),
            *new_revision(),
            condition=Credentials.revision == credentials.revision,
        )
    except ConditionFailed as error:
        raise WriteConflict from error
    state = "on" if wanted else "off"
    return {
        "message": f"Two-factor log-in is {state}.",
        "two_factor_enabled": wanted,
    }
