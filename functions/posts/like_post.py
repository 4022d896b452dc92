"""POST /posts/{post_id}/like: like a post the caller may see."""

from typing import TypedDict

from posts.likes import like
from posts.visible_posts import get_visible_post
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("posts")


class Liked(TypedDict):
    """The answer to a like; `like_count` includes it."""

    message: str
    liked: bool
    like_count: int


@app.serve("POST /posts/{post_id}/like", answer=Liked)
def like_post(request: Request) -> Liked:
    """Like a post."""
    visible = get_visible_post(request.caller, request.path["post_id"])
    count = like(request.caller, visible)
    return {"message": "Post liked", "liked": True, "like_count": count}
