"""GET /users/muted: the accounts that the caller mutes, newest first."""

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.people_lists import Users, list_own

app = endpoint("users")


@app.serve("GET /users/muted", answer=Users)
def list_muted(request: Request) -> Users:
    """List the accounts that the caller mutes."""
    return list_own(request, "mutes")
