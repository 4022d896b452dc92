"""DELETE /hide-story/{user}: show the caller's stories to an account again."""

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.private_lists import Listing, exclude

app = endpoint("users")


@app.serve("DELETE /hide-story/{user}", answer=Listing)
def show_story_to(request: Request) -> Listing:
    """Show stories to an account again."""
    return exclude(request.caller, request.path["user"], "hides_story_from")
