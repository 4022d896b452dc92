"""POST /comments/{comment_id}/like: like a comment the caller may see."""

from typing import TypedDict

from posts import comment_likes
from posts.visible_comments import get_visible_comment
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("posts")


class CommentLiked(TypedDict):
    """The answer to a like; `like_count` includes it."""

    message: str
    liked: bool
    like_count: int


@app.serve("POST /comments/{comment_id}/like", answer=CommentLiked)
def like_comment(request: Request) -> CommentLiked:
    """Like a comment."""
    visible, _ = get_visible_comment(request.caller, request.path["comment_id"])
    count = comment_likes.like_comment(request.caller, visible)
    return {"message": "Comment liked", "liked": True, "like_count": count}
