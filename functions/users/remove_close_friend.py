"""DELETE /close-friends/{user}: remove an account from the close friends."""

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.private_lists import Listing, exclude

app = endpoint("users")


@app.serve("DELETE /close-friends/{user}", answer=Listing)
def remove_close_friend(request: Request) -> Listing:
    """Remove a close friend."""
    return exclude(request.caller, request.path["user"], "close_friend")
