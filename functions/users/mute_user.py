"""POST /users/{user}/mute: keep an account's posts and stories out of the caller's feeds."""

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.private_lists import Listing, include

app = endpoint("users")


@app.serve("POST /users/{user}/mute", answer=Listing)
def mute_user(request: Request) -> Listing:
    """Mute an account."""
    return include(request.caller, request.path["user"], "mutes")
