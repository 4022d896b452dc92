"""GET /users/blocked: the accounts that the caller blocks, newest first."""

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.people_lists import Users, list_own

app = endpoint("users")


@app.serve("GET /users/blocked", answer=Users)
def list_blocked(request: Request) -> Users:
    """List the accounts that the caller blocks."""
    return list_own(request, "blocks")
