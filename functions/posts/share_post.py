"""POST /posts/{post_id}/share: share a post the caller may see."""

from typing import Annotated, TypedDict

from posts.models import Share
from posts.shares import change_caption, put_share
from posts.visible_posts import get_visible_post_with
from shared.dynamodb.tables import Key, retry_lost_races
from shared.http.endpoint import endpoint
from shared.http.fields import Body, text
from shared.http.requests import Answer, Request

app = endpoint("posts")


class NewShare(Body):
    """The caption of the share."""

    caption: Annotated[str, text(0, 2200)] | None = None


class Shared(TypedDict):
    """The answer to a share; `share_count` includes it."""

    message: str
    shared_post_id: str
    share_count: int


@app.serve(
    "POST /posts/{post_id}/share",
    body=NewShare,
    answer=Shared,
    status=201,
    other_status=200,
    idempotent=True,
)
def share_post(request: Request[NewShare]) -> Answer:
    """Share a post. Sharing it again keeps the share (200) and changes its caption."""
    caller, post_id = request.caller, request.path["post_id"]
    key: Key = (Share, post_id, caller.user_id)

    def read_and_share() -> Answer:
        visible, found = get_visible_post_with(caller, post_id, [key])
        share = found.get(Share, post_id, caller.user_id)
        is_new = share is None
        if share is None:
            share, count = put_share(caller, visible.post, request.body.caption)
        else:
            count = change_caption(share, visible.post, request.body.caption)
        answer: Shared = {
            "message": "Post shared",
            "shared_post_id": share.share_id,
            "share_count": count,
        }
        return Answer(answer, status=201 if is_new else 200)

    return retry_lost_races(read_and_share)
