"""DELETE /admin/posts/{post_id}: remove a post as an administrator."""

from typing import TypedDict

from moderation.snapshots import snapshot_of
from moderation.strikes import Offence, record_strike
from posts.public import Post
from posts.public import remove_post as hide_post
from shared.dynamodb.tables import retry_lost_races, transaction
from shared.errors import PostNotFound
from shared.http.endpoint import endpoint
from shared.http.queries import Query, Text
from shared.http.requests import Request
from shared.ids import is_id
from users.public import find_user

app = endpoint("moderation")


class RemovalQuery(Query):
    """Why the post is removed."""

    reason = Text(0, 500).optional()


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
    author = find_user(post.author_id)
    seen = snapshot_of(author, post.caption, post.media, post.created_at)
    offence = Offence("post", post_id, post.author_id, seen)
    with transaction() as write:
        hide_post(write, post, admin_id)
        record_strike(write, admin_id, "remove_post", offence, reason)
