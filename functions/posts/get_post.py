"""GET /posts/{post_id}: a post the caller may see."""

from typing import Any

from posts.public import shapes_of
from posts.reading import see_post
from posts.shapes import PostShape, socialhub_post
from shared.http import endpoint
from shared.requests import Request

app = endpoint("posts")


@app.serve(
    "GET /posts/{post_id}",
    socialhub=("GET /api/v1/posts/{post_id}",),
    auth="unverified-ok",
    answer=PostShape,
)
def get_post(request: Request) -> PostShape | dict[str, Any]:
    """Read a post."""
    (shape,) = shapes_of([see_post(request.caller, request.path["post_id"])])
    return {"post": socialhub_post(shape)} if request.is_socialhub else shape
