"""GET /auth/check-username/{user}: whether a name can still be chosen; `{user}` is any text."""

from typing import Literal, TypedDict
from urllib.parse import unquote

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from shared.usernames import username_problem
from users.public import is_username_taken

app = endpoint("auth")


class UsernameChecked(TypedDict):
    """Whether the name can be chosen, and what speaks against it."""

    username: str
    exists: bool
    available: bool
    reason: Literal["taken", "reserved", "invalid"] | None


@app.serve(
    "GET /auth/check-username/{user}",
    auth="none",
    tier="public",
    answer=UsernameChecked,
)
def check_username(request: Request) -> UsernameChecked:
    """Tell whether a username can be chosen."""
    # A gateway may hand the text on as it stood in the path.
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
