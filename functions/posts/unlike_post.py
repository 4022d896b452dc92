"""DELETE /posts/{post_id}/like: remove the caller's like."""

from typing import TypedDict

from posts.likes import unlike
from posts.visible_posts import get_visible_post
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("posts")


class Unliked(TypedDict):
    """The answer to an unlike; `like_count` no longer includes the like."""

    message: str
    liked: bool
    like_count: int


@app.serve("DELETE /posts/{post_id}/like", answer=Unliked)
def unlike_post(request: Request) -> Unliked:
    """Unlike a post."""
    visible = get_visible_post(request.caller, request.path["post_id"])
    count = unlike(request.caller, visible)
    return {"message": "Post unliked", "liked": False, "like_count": count}
