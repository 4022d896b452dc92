"""DELETE /comments/{comment_id}/pin: unpin a comment on one's own post."""

from typing import TypedDict

from posts.comment_pins import unpin
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("posts")


class CommentUnpinned(TypedDict):
    """The answer to unpinning a comment."""

    message: str
    pinned: bool


@app.serve("DELETE /comments/{comment_id}/pin", answer=CommentUnpinned)
def unpin_comment(request: Request) -> CommentUnpinned:
    """Unpin a comment."""
    unpin(request.caller, request.path["comment_id"])
    return {"message": "Comment unpinned", "pinned": False}
