"""DELETE /users/{user}/mute: show an account's posts and stories in the caller's feeds again."""

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.private_lists import Listing, exclude

app = endpoint("users")


@app.serve("DELETE /users/{user}/mute", answer=Listing)
def unmute_user(request: Request) -> Listing:
    """Unmute an account."""
    return exclude(request.caller, request.path["user"], "mutes")
