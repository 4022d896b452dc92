"""POST /comments/{comment_id}/pin: pin a comment on one's own post above the others."""

from typing import TypedDict

from posts.comment_pins import pin
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("posts")


class CommentPinned(TypedDict):
    """The answer to pinning a comment."""

    message: str
    pinned: bool


@app.serve("POST /comments/{comment_id}/pin", answer=CommentPinned)
def pin_comment(request: Request) -> CommentPinned:
    """Pin a top-level comment on one's own post; at most three, the latest pinned first."""
    pin(request.caller, request.path["comment_id"])
    return {"message": "Comment pinned", "pinned": True}
