"""GET /users/{user}, GET /profile: an account as the caller sees it."""

from typing import TypedDict

from posts.public import author_stats
from profiles.profiles import OwnProfile, Profile, own_profile, profile_of
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from users.public import SocialHubUser, look_up, socialhub_user

app = endpoint("profiles")


class SocialHubProfile(TypedDict):
    """A profile, for SocialHub."""

    success: bool
    user: SocialHubUser


@app.serve(
    "GET /users/{user}",
    also=("GET /profile",),
    socialhub=("GET /users/profile/{user}", "GET /api/v1/users/profile/{user}"),
    auth="unverified-ok",
    answer=Profile | OwnProfile,
    socialhub_answer=SocialHubProfile,
)
def get_profile(request: Request) -> Profile | OwnProfile | SocialHubProfile:
    """Show a profile; the caller's own has more fields."""
    caller = request.caller
    user, relation = look_up(request.path.get("user", "me"), caller)
    if request.is_socialhub:
        posts = sum(author_stats(user.user_id))
        shape = socialhub_user(user, is_following=relation.follows, post_count=posts)
        return {"success": True, "user": shape}
    if user.user_id == caller.user_id:
        return own_profile(user, caller)
    return profile_of(user, caller, relation)
