"""POST /hide-story/{user}: hide the caller's stories from an account."""

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.private_lists import Listing, include

app = endpoint("users")


@app.serve("POST /hide-story/{user}", answer=Listing)
def hide_story_from(request: Request) -> Listing:
    """Hide stories from an account."""
    return include(request.caller, request.path["user"], "hides_story_from")
