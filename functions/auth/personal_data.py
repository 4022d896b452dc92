"""The part of auth in a data export: where the person is and was logged in. Nothing in it can be
used to log in."""

from collections.abc import Iterator
from typing import Any

from auth.models import Credentials, Session
from shared.clock import now, timestamp
from shared.lifecycle.personal_data import Topic, plain, walk


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data; `security_of` adds how the account is secured."""
    sessions = walk(Session, user_id, matching=Session.expires_at > int(now()))
    yield Topic("sessions", "The devices that you are logged in on.", map(_session, sessions))
    credentials = Credentials.find(user_id)
    known = (credentials.devices or []) if credentials else []
    yield Topic("known_devices", "The devices that you logged in from.", map(_device, known))


def _session(session: Session) -> dict[str, Any]:
    shown = plain(session, "session_id", "device", "ip", "created_at", "last_seen_at")
    proved_at = session.authenticated_at and timestamp(session.authenticated_at)
    return {**shown, "expires_at": timestamp(session.expires_at), "authenticated_at": proved_at}


def _device(known: dict[str, Any]) -> dict[str, Any]:
    return {"device": known["device"], "last_used_at": timestamp(known["last_used"])}
