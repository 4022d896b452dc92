"""GET /auth/check-username/{user}: whether a username is available; `{user}` is any text."""

from typing import Literal, TypedDict
from urllib.parse import unquote

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from shared.usernames import username_problem
from users.public import is_username_taken

app = endpoint("auth")


class UsernameChecked(TypedDict):
    """Whether the username is available, and if not, why."""

    username: str
    exists: bool
    available: bool
    reason: Literal["taken", "reserved", "invalid"] | None


@app.serve(
    "GET /auth/check-username/{user}",
    auth="none",
    tier="registration",
    answer=UsernameChecked,
)
def check_username(request: Request) -> UsernameChecked:
    """Say whether a username is available."""
    # A gateway may pass on the path segment as it was sent, percent-encoded.
    username = unquote(request.path["user"], errors="replace").strip()
    reason: Literal["taken", "reserved", "invalid"] | None = username_problem(username)
    if reason is None and is_username_taken(username):
        reason = "taken"
    return {
        "username": username,
        "exists": reason == "taken",
        "available": reason is None,
        "reason": reason,
    }
