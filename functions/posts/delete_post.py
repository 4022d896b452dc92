"""DELETE /posts/{post_id}: delete one's own post."""

from typing import TypedDict

from posts import deletions
from posts.visible_posts import get_visible_post
from shared.dynamodb.tables import transaction
from shared.errors import NotOwner
from shared.http.endpoint import endpoint
from shared.http.requests import Request

app = endpoint("posts")


class Deleted(TypedDict):
    """The answer to a deletion."""

    message: str


@app.serve("DELETE /posts/{post_id}", answer=Deleted)
def delete_post(request: Request) -> Deleted:
    """Delete a post: it is gone for everyone at once, and can be restored for 30 days."""
    post = get_visible_post(request.caller, request.path["post_id"]).post
    if post.author_id != request.caller.user_id:
        raise NotOwner
    with transaction() as write:
        deletions.delete_post(write, post)
    return {"message": "Post deleted"}
