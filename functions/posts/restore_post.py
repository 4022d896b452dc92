"""POST /posts/{post_id}/restore: undo the deletion of one's own post."""

from posts import deletions
from posts.models import Post
from posts.shapes import PostShape, shape_of
from posts.visible_posts import get_visible_post
from shared.dynamodb.tables import transaction
from shared.errors import PostNotFound
from shared.http.endpoint import endpoint
from shared.http.requests import Request
from shared.ids import is_id

app = endpoint("posts")


@app.serve("POST /posts/{post_id}/restore", answer=PostShape)
def restore_post(request: Request) -> PostShape:
    """Restore a deleted post, with its likes, comments and shares."""
    caller, post_id = request.caller, request.path["post_id"]
    post = Post.find(post_id, consistent=True) if is_id(post_id) else None
    if post is None or post.author_id != caller.user_id:
        raise PostNotFound
    with transaction() as write:
        deletions.restore_post(write, post)
    return shape_of(caller, get_visible_post(caller, post_id))
