"""DELETE /posts/{post_id}/share: end one's share of a post the caller may see."""

from typing import TypedDict

from posts.models import Share
from posts.shares import drop_share
from posts.visible_posts import get_visible_post_with
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("posts")


class Unshared(TypedDict):
    """What ending a share answers; the count is without it."""

    message: str
    share_count: int


@app.serve("DELETE /posts/{post_id}/share", answer=Unshared)
def unshare_post(request: Request) -> Unshared:
    """Share a post no more."""
    caller, post_id = request.caller, request.path["post_id"]
    seen, found = get_visible_post_with(caller, post_id, [(Share, post_id, caller.user_id)])
    count = drop_share(found.get(Share, post_id, caller.user_id), seen.post)
    return {"message": "Share ended", "share_count": count}
