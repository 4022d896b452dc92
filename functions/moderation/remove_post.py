"""DELETE /admin/posts/{post_id}: remove a post as an administrator."""

from typing import Annotated, TypedDict

from moderation import audit
from posts.public import Post
from posts.public import remove_post as hide_post
from shared.dynamodb.tables import retry_lost_races, transaction
from shared.errors import PostNotFound
from shared.http.endpoint import endpoint
from shared.http.fields import Query, text
from shared.http.requests import Request
from shared.ids import is_id

app = endpoint("moderation")


class RemovalQuery(Query):
    """Why the post is removed."""

    reason: Annotated[str, text(0, 500)] | None = None


class Removed(TypedDict):
    """The answer to a removal."""

    message: str


@app.serve("DELETE /admin/posts/{post_id}", auth="admin", query=RemovalQuery, answer=Removed)
def remove_post(request: Request[None, RemovalQuery]) -> Removed:
    """Remove a post: it is gone for everyone at once, and its author cannot restore it."""
    post_id, admin_id = request.path["post_id"], request.caller.user_id
    retry_lost_races(lambda: _remove(post_id, admin_id, request.query.reason or None))
    return {"message": "Post removed"}


def _remove(post_id: str, admin_id: str, reason: str | None) -> None:
    post = Post.find(post_id, consistent=True) if is_id(post_id) else None
    if post is None or post.removed_by:
        raise PostNotFound
    with transaction() as write:
        hide_post(write, post, admin_id)
        target = ("post", post_id)
        audit.record(write, admin_id, "remove_post", target, reason, removed_from=post.author_id)
