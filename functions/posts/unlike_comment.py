"""DELETE /comments/{comment_id}/like: remove the caller's like of a comment."""

from typing import TypedDict

from posts import comment_likes
from posts.visible_comments import get_visible_comment
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("posts")


class CommentUnliked(TypedDict):
    """The answer to an unlike; `like_count` no longer includes the like."""

    message: str
    liked: bool
    like_count: int


@app.serve("DELETE /comments/{comment_id}/like", answer=CommentUnliked)
def unlike_comment(request: Request) -> CommentUnliked:
    """Unlike a comment."""
    visible, _ = get_visible_comment(request.caller, request.path["comment_id"])
    count = comment_likes.unlike_comment(request.caller, visible)
    return {"message": "Comment unliked", "liked": False, "like_count": count}
