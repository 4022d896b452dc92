"""DELETE /comments/{comment_id}/like: end the caller's like of a comment."""

from typing import TypedDict

from posts import comment_likes
from posts.visible_comments import get_visible_comment
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("posts")


class CommentUnliked(TypedDict):
    """What the end of a like answers; the count does without it."""

    message: str
    liked: bool
    like_count: int


@app.serve("DELETE /comments/{comment_id}/like", answer=CommentUnliked)
def unlike_comment(request: Request) -> CommentUnliked:
    """Unlike a comment."""
    seen, _ = get_visible_comment(request.caller, request.path["comment_id"])
    count = comment_likes.unlike_comment(request.caller, seen)
    return {"message": "Comment unliked", "liked": False, "like_count": count}
