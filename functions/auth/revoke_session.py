"""DELETE /auth/sessions/{session_id}: end one of the caller's sessions."""

from typing import TypedDict

from auth.models import Session
from shared.access.revocation import end_session
from shared.access.sessions import is_session_alive
from shared.clock import now
from shared.dynamodb.tables import transaction
from shared.errors import SessionNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from shared.ids import is_id

app = endpoint("auth")


class SessionRevoked(TypedDict):
    """The confirmation."""

    message: str


@app.serve(
    "DELETE /auth/sessions/{session_id}",
    auth="unverified-ok",
    answer=SessionRevoked,
)
def revoke_session(request: Request) -> SessionRevoked:
    """End one of the caller's sessions."""
    user_id, session_id = request.caller.user_id, request.path["session_id"]
    # A session that ended together with others (by a new password, say) still has its item.
    if not is_id(session_id) or not is_session_alive(user_id, session_id):
        raise SessionNotFound
    with transaction() as write:
        write.delete(
            Session(user_id, session_id),
            condition=Session.expires_at > int(now()),
            otherwise=SessionNotFound(),
        )
        end_session(write, user_id, session_id)
    return {"message": "This session has ended."}
