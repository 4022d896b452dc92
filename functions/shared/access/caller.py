"""Who calls: only what the authorizer established, nothing that a client could write itself."""

from dataclasses import dataclass
from typing import Any

from shared.clock import now
from shared.ids import time_of

_FRESH = 12 * 3600  # seconds (docs/api.md section 1)


@dataclass(frozen=True, slots=True)
class Caller:
    """The account and session behind a request, from the authorizer's context."""

    user_id: str
    username: str
    session_id: str
    role: str  # user | admin
    scope: str  # full | unverified | banned
    # When the session last proved who it is (epoch seconds); absent: at its log-in.
    authenticated_at: int | None = None

    @property
    def is_admin(self) -> bool:
        """Whether this is an administrator with a verified e-mail address."""
        return self.role == "admin" and self.scope == "full"

    @property
    def is_fresh(self) -> bool:
        """Whether the session proved within the last 12 hours who it is. An older token, which may
        be stolen, is not enough for an act of an administrator; refreshing it proves nothing."""
        return (self.authenticated_at or time_of(self.session_id)) + _FRESH > now()


def caller_of(event: dict[str, Any]) -> Caller | None:
    """The caller of a gateway event; None if the route has no authorizer."""
    context = event["requestContext"].get("authorizer") or {}
    if "user_id" not in context:
        return None
    return Caller(
        user_id=context["user_id"],
        username=context["username"],
        session_id=context["session_id"],
        role=context["role"],
        scope=context["scope"],
        # The gateway gives every value as a text.
        authenticated_at=int(context.get("authenticated_at") or 0) or None,
    )
