"""GET /users/{user}/following: the people an account follows, newest first."""

from typing import Any, TypedDict

from profiles.follow_lists import Rows, list_follows
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.public import SocialHubUser

app = endpoint("profiles")


class SocialHubFollowing(TypedDict):
    """A page of followed people, for SocialHub."""

    following: list[SocialHubUser]
    next_cursor: str | None


@app.serve(
    "GET /users/{user}/following",
    socialhub=("GET /users/following/{user}", "GET /api/v1/users/following/{user}"),
    auth="unverified-ok",
    answer=Rows,
    socialhub_answer=SocialHubFollowing,
)
def list_following(request: Request) -> Rows | dict[str, Any]:
    """List the people an account follows."""
    return list_follows(request, "follows", "following")
