"""DELETE /users/{user}/mute: let an account's posts and stories into the caller's feeds again."""

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.private_lists import Listing, exclude

app = endpoint("users")


@app.serve("DELETE /users/{user}/mute", answer=Listing)
def unmute_user(request: Request) -> Listing:
    """Unmute somebody."""
    return exclude(request.caller, request.path["user"], "mutes")
