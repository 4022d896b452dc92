"""DELETE /posts/{post_id}/like: end the caller's like."""

from typing import TypedDict

from posts.likes import unlike
from posts.visible_posts import get_visible_post
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("posts")


class Unliked(TypedDict):
    """What the end of a like answers; the count does without it."""

    message: str
    liked: bool
    like_count: int


@app.serve("DELETE /posts/{post_id}/like", answer=Unliked)
def unlike_post(request: Request) -> Unliked:
    """Unlike a post."""
    seen = get_visible_post(request.caller, request.path["post_id"])
    count = unlike(request.caller, seen)
    return {"message": "Post unliked", "liked": False, "like_count": count}
