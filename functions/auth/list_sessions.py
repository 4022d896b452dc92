"""GET /auth/sessions: list where the caller is logged in."""

from typing import TypedDict

from auth.models import Session
from shared.access.sessions import ended_sessions
from shared.clock import now, timestamp
from shared.dynamodb.tables import query
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request

app = endpoint("auth")


class SessionShape(TypedDict):
    """Shape Session."""

    id: str
    device: str
    ip: str
    created_at: str
    last_seen_at: str
    expires_at: str
    is_current: bool


class SessionPage(TypedDict):
    """A page of sessions, the newest log-in first."""

    sessions: list[SessionShape]
    next_cursor: str | None


@app.serve("GET /auth/sessions", auth="unverified-ok", answer=SessionPage)
def list_sessions(request: Request) -> SessionPage:
    """List the caller's active sessions."""
    caller, page = request.caller, read_page(request)
    found, after = query(
        Session,
        caller.user_id,
        limit=page.limit,
        after=page.after,
        consistent=True,
        matching=Session.expires_at > int(now()),
    )
    ended = ended_sessions({(session.user_id, session.session_id) for session in found})
    return {
        "sessions": [
            session_shape(session, is_current=session.session_id == caller.session_id)
            for session in found
            if (session.user_id, session.session_id) not in ended
        ],
        "next_cursor": next_cursor(request, after),
    }


def session_shape(session: Session, *, is_current: bool) -> SessionShape:
    """Shape Session. `last_seen_at` is the last refresh, and the present for the current one."""
    return {
        "id": session.session_id,
        "device": session.device,
        "ip": session.ip,
        "created_at": session.created_at,
        "last_seen_at": timestamp() if is_current else session.last_seen_at,
        "expires_at": timestamp(session.expires_at),
        "is_current": is_current,
    }
