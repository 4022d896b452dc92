"""POST /auth/logout: end this session, or all of them."""

from typing import TypedDict

from pydantic import Field

from auth.models import Session
from shared.access.revocation import end_all_sessions, end_session
from shared.dynamodb.tables import transaction
from shared.http.endpoint import endpoint
from shared.http.fields import Body
from shared.http.requests import Request

app = endpoint("auth")


class Logout(Body):
    """Whether to end all sessions."""

    everywhere: bool = Field(False, validation_alias="all")


class LoggedOut(TypedDict):
    """The confirmation."""

    message: str


@app.serve("POST /auth/logout", auth="unverified-ok", body=Logout, answer=LoggedOut)
def logout_user(request: Request[Logout]) -> LoggedOut:
    """Log out."""
    caller = request.caller
    with transaction() as write:
        write.delete(Session(caller.user_id, caller.session_id))
        if request.body.everywhere:
            end_all_sessions(write, caller.user_id)
        else:
            end_session(write, caller.user_id, caller.session_id)
    return {"message": "Logged out everywhere." if request.body.everywhere else "Logged out."}
