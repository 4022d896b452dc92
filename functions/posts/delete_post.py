"""DELETE /posts/{post_id}: delete one's own post."""

from typing import TypedDict

from posts.models import AuthorStats, Post
from posts.reading import see_post
from shared.clock import timestamp
from shared.errors import NotOwner, PostNotFound
from shared.http import endpoint
from shared.requests import Request
from shared.tables import transaction

app = endpoint("posts")


class Deleted(TypedDict):
    """What the deletion of a post answers."""

    message: str


@app.serve("DELETE /posts/{post_id}", answer=Deleted)
def delete_post(request: Request) -> Deleted:
    """Delete a post: it is gone for everyone at once."""
    post = see_post(request.caller, request.path["post_id"]).post
    if post.author_id != request.caller.user_id:
        raise NotOwner
    count = AuthorStats.reel_count if post.is_reel else AuthorStats.post_count
    with transaction() as write:
        write.update(
            post,
            Post.deleted_at.set(timestamp()),
            condition=Post.is_there() & Post.deleted_at.does_not_exist(),
            otherwise=PostNotFound(),
        )
        write.update(AuthorStats(post.author_id), count.add(-1))
    return {"message": "Post deleted"}
