"""POST /api/v1/posts/{post_id}/like: SocialHub's like, which ends the like that is there."""

from typing import TypedDict

from posts.likes import LIKED, likes_of, toggle
from posts.visible_posts import get_visible_post
from shared.dynamodb.tables import retry_lost_races
from shared.http.endpoint import endpoint
from shared.http.idempotency import AlreadyMade
from shared.http.requests import Request

app = endpoint("posts")


class Toggled(TypedDict):
    """Whether the caller likes the post now; the count includes the act."""

    liked: bool
    likeCount: int


@app.serve("POST /api/v1/posts/{post_id}/like", idempotent=True, answer=Toggled)
def toggle_like(request: Request) -> Toggled:
    """Like a post, or end the like."""

    def toggle_once() -> Toggled:
        visible = get_visible_post(request.caller, request.path["post_id"])
        try:
            liked, count = toggle(request, visible)
        except AlreadyMade as earlier:
            return {"liked": earlier.made_id == LIKED, "likeCount": likes_of(visible)}
        return {"liked": liked, "likeCount": count}

    # Another of the caller's requests may toggle the like meanwhile.
    return retry_lost_races(toggle_once)
