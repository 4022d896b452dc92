"""POST /auth/logout: end this session, or all of them."""

from typing import TypedDict

from pydantic import Field

from auth.models import Session
from shared.fields import Body
from shared.http import endpoint
from shared.requests import Request
from shared.revocation import end_all_sessions, end_session
from shared.tables import transaction

app = endpoint("auth")


class Logout(Body):
    """Whether all sessions are meant."""

    everywhere: bool = Field(False, validation_alias="all")


class LoggedOut(TypedDict):
    """It is done."""

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
