"""DELETE /posts/{post_id}/share: remove one's share of a post the caller may see."""

from typing import TypedDict

from posts.models import Share
from posts.shares import drop_share
from posts.visible_posts import get_visible_post_with
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("posts")


class Unshared(TypedDict):
    """The answer to an unshare; `share_count` no longer includes the share."""

    message: str
    share_count: int


@app.serve("DELETE /posts/{post_id}/share", answer=Unshared)
def unshare_post(request: Request) -> Unshared:
    """Unshare a post."""
    caller, post_id = request.caller, request.path["post_id"]
    visible, found = get_visible_post_with(caller, post_id, [(Share, post_id, caller.user_id)])
    count = drop_share(found.get(Share, post_id, caller.user_id), visible.post)
    return {"message": "Post unshared", "share_count": count}
