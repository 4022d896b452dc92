"""What an export of somebody's data holds of auth: where they are logged in. Nothing in it can be
logged in with."""

from collections.abc import Iterator
from typing import Any

from auth.models import Session
from shared.clock import now, timestamp
from shared.lifecycle.personal_data import Topic, plain, walk


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data; how the account is secured is told by `security_of`."""
    sessions = walk(Session, user_id, matching=Session.expires_at > int(now()))
    yield Topic("sessions", "The devices that you are logged in on.", map(_session, sessions))


def _session(session: Session) -> dict[str, Any]:
    shown = plain(session, "session_id", "device", "ip", "created_at", "last_seen_at")
    return {**shown, "expires_at": timestamp(session.expires_at)}
