"""POST /api/v1/posts/{post_id}/like: SocialHub's like, which removes a like that exists.

Toggling twice is not toggling once, so a repeat must be recognised. The like is therefore a
transaction: DynamoDB recognises a transaction that is sent again after its answer was lost, and
the `Idempotency-Key` is claimed in it. This takes twice the units of a put, on this route alone.
"""

from typing import TypedDict

from posts.likes import LIKED, count_of, toggle
from posts.visible_posts import get_visible_post
from shared.dynamodb.tables import retry_lost_races
from shared.http.endpoint import endpoint
from shared.http.idempotency import AlreadyMade
from shared.http.requests import Request

app = endpoint("posts")


class Toggled(TypedDict):
    """Whether the caller likes the post now; `likeCount` includes the change."""

    liked: bool
    likeCount: int


@app.serve("POST /api/v1/posts/{post_id}/like", idempotent=True, answer=Toggled)
def toggle_like(request: Request) -> Toggled:
    """Like a post, or remove the like."""

    def read_and_toggle() -> Toggled:
        visible = get_visible_post(request.caller, request.path["post_id"])
        try:
            liked, count = toggle(request, visible)
        except AlreadyMade as earlier:
            return {"liked": earlier.made_id == LIKED, "likeCount": count_of(visible)}
        return {"liked": liked, "likeCount": count}

    # Another request of the caller may toggle the like at the same time.
    return retry_lost_races(read_and_toggle)
