"""Who calls: only what the authorizer established, nothing that a client could write itself."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Caller:
    """The account and session behind a request, from the authorizer's context."""

    user_id: str
    username: str
    session_id: str
    role: str  # user | admin
    scope: str  # full | unverified | banned

    @property
    def is_admin(self) -> bool:
        """Whether this is an administrator with a verified e-mail address."""
        return self.role == "admin" and self.scope == "full"


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
    )
