"""GET /users/{user}/followers: the followers of an account, newest first."""

from typing import Any, TypedDict

from profiles.follow_lists import Rows, list_follows
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.public import SocialHubUser

app = endpoint("profiles")


class SocialHubFollowers(TypedDict):
    """A page of followers, for SocialHub."""

    followers: list[SocialHubUser]
    next_cursor: str | None


@app.serve(
    "GET /users/{user}/followers",
    socialhub=("GET /users/followers/{user}", "GET /api/v1/users/followers/{user}"),
    auth="unverified-ok",
    answer=Rows,
    socialhub_answer=SocialHubFollowers,
)
def list_followers(request: Request) -> Rows | dict[str, Any]:
    """List the followers of an account."""
    return list_follows(request, "followed_by", "followers")
