"""POST /posts: publish a post or reel."""

from typing import Any

from posts.attachments import Attachments, UploadChanged, find_attachments
from posts.models import AuthorStats, Post
from posts.new_post import NewPost
from posts.reading import remember_author, see_post
from posts.shapes import PostShape, post_shape, socialhub_post
from shared.clock import timestamp
from shared.errors import DependencyUnavailable, Unauthorized
from shared.http import endpoint
from shared.idempotency import AlreadyMade, claim
from shared.ids import new_id
from shared.requests import Request
from shared.tables import in_parallel, transaction
from users.public import User, find_user, user_shape

app = endpoint("posts")

_TRIES = 4


@app.serve(
    "POST /posts",
    socialhub=("POST /api/v1/posts",),
    body=NewPost,
    status=201,
    idempotent=True,
    answer=PostShape,
)
def create_post(request: Request[NewPost]) -> PostShape | dict[str, Any]:
    """Publish a post. A reel whose video is not ready yet is `processing` until it is."""
    request.body.check(request.is_socialhub)
    post, author = _publish(request)
    remember_author(post.post_id, post.author_id)
    shape = post_shape(post, user_shape(author), is_liked=False)
    if request.is_socialhub:
        return {"message": "Post created", "post": socialhub_post(shape)}
    return shape


def _publish(request: Request[NewPost]) -> tuple[Post, User]:
    user_id = request.caller.user_id
    for _ in range(_TRIES):
        found: list[Any] = in_parallel(
            lambda: find_attachments(request.body, user_id), lambda: find_user(user_id)
        )
        attachments, author = found
        if author is None:
            raise Unauthorized
        try:
            return _save(request, attachments), author
        except AlreadyMade as earlier:
            return see_post(request.caller, earlier.made_id).post, author
        except UploadChanged:
            continue  # its video became ready while we were about to wait for it
    raise DependencyUnavailable(Retry_After="1")


def _save(request: Request[NewPost], attachments: Attachments) -> Post:
    body, caller, moment = request.body, request.caller, timestamp()
    post = Post(
        new_id(),
        author_id=caller.user_id,
        author_username=caller.username,
        reel_author_id=caller.user_id if body.is_reel else None,
        caption=body.words,
        visibility=body.visibility,
        is_reel=body.is_reel,
        media=attachments.media,
        thumbnail_key=attachments.thumbnail_key,
        location=body.location or None,
        comments_disabled=body.comments_disabled,
        status=attachments.status,
        created_at=moment,
        updated_at=moment,
    )
    count = AuthorStats.reel_count if post.is_reel else AuthorStats.post_count
    with transaction() as write:
        claim(write, request, post.post_id)
        write.put(post, Post.is_new())
        write.update(AuthorStats(post.author_id), count.add(1))
        attachments.add_to(write, post.post_id)
    return post
