"""POST /auth/change-password: set a new password, which ends all other sessions."""

from typing import TypedDict

from auth.models import Credentials
from auth.password_confirmation import credentials_to_change, new_revision
from auth.passwords import hash_password, is_right
from shared.access.revocation import end_all_sessions
from shared.dynamodb.tables import transaction
from shared.errors import PasswordReused, WrongPassword
from shared.http.endpoint import endpoint
from shared.http.fields import Body, GivenPassword, Password
from shared.http.requests import Request

app = endpoint("auth")


class NewPassword(Body):
    """The current password and the new one."""

    current_password: GivenPassword | None = None
    new_password: Password


class PasswordChanged(TypedDict):
    """The confirmation."""

    message: str


@app.serve(
    "POST /auth/change-password",
    auth="token",
    tier="sensitive",
    body=NewPassword,
    answer=PasswordChanged,
)
def change_password(request: Request[NewPassword]) -> PasswordChanged:
    """Change the password."""
    caller, body = request.caller, request.body
    credentials = credentials_to_change(caller, body.current_password)
    if credentials.password_hash and is_right(body.new_password, credentials.password_hash):
        raise PasswordReused
    with transaction() as write:
        write.update(
            credentials,
            Credentials.password_hash.set(hash_password(body.new_password)),
            *new_revision(),
            condition=Credentials.revision == credentials.revision,
            otherwise=WrongPassword(),
        )
        end_all_sessions(write, caller.user_id, but=caller.session_id)
    return {"message": "The password has been changed. All other sessions have ended."}
