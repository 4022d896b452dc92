"""GET /hide-story: the accounts that the caller hides stories from, newest first."""

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.people_lists import Users, list_own

app = endpoint("users")


@app.serve("GET /hide-story", answer=Users)
def list_hidden_from(request: Request) -> Users:
    """List the accounts that the caller hides stories from."""
    return list_own(request, "hides_story_from")
