"""DELETE /comments/{comment_id}/pin: put a pinned comment back into its place."""

from typing import TypedDict

from posts.comment_pins import unpin
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("posts")


class CommentUnpinned(TypedDict):
    """What the end of pinning answers."""

    message: str
    pinned: bool


@app.serve("DELETE /comments/{comment_id}/pin", answer=CommentUnpinned)
def unpin_comment(request: Request) -> CommentUnpinned:
    """Unpin a comment."""
    unpin(request.caller, request.path["comment_id"])
    return {"message": "Comment unpinned", "pinned": False}
