"""POST /close-friends/{user}: add an account to the close friends."""

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.private_lists import Listing, include

app = endpoint("users")


@app.serve("POST /close-friends/{user}", answer=Listing)
def add_close_friend(request: Request) -> Listing:
    """Add a close friend."""
    return include(request.caller, request.path["user"], "close_friend")
