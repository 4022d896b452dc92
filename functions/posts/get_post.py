"""GET /posts/{post_id}: a post the caller may see."""

from typing import TypedDict

from posts.shapes import PostShape, SocialHubPost, shape_of, socialhub_post
from posts.visible_posts import get_visible_post
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("posts")


class SocialHubPostAnswer(TypedDict):
    """The post, as SocialHub gives it."""

    post: SocialHubPost


@app.serve(
    "GET /posts/{post_id}",
    socialhub=("GET /api/v1/posts/{post_id}",),
    auth="unverified-ok",
    answer=PostShape,
    socialhub_answer=SocialHubPostAnswer,
)
def get_post(request: Request) -> PostShape | SocialHubPostAnswer:
    """Get a post."""
    shape = shape_of(request.caller, get_visible_post(request.caller, request.path["post_id"]))
    return {"post": socialhub_post(shape)} if request.is_socialhub else shape
