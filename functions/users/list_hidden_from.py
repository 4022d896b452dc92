"""GET /hide-story: from whom the caller hides stories, newest first."""

from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.people_lists import Users, list_own

app = endpoint("users")


@app.serve("GET /hide-story", answer=Users)
def list_hidden_from(request: Request) -> Users:
    """List from whom the caller hides stories."""
    return list_own(request, "hides_story_from")
