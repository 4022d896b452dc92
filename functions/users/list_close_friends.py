"""GET /close-friends: the caller's close friends, newest first."""

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.people_lists import Users, list_own

app = endpoint("users")


@app.serve("GET /close-friends", answer=Users)
def list_close_friends(request: Request) -> Users:
    """List the caller's close friends."""
    return list_own(request, "close_friend")
