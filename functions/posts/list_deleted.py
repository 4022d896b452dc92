"""GET /posts/deleted: the posts that the caller has deleted and can still restore."""

from typing import TypedDict

from posts.models import Like, Post
from posts.pages import fit_page
from posts.shapes import PostShape, shapes_of
from posts.visible_posts import VisiblePost
from saved.public import saved_key
from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import query, read_items
from shared.errors import Unauthorized
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request
from users.public import User

app = endpoint("posts")


class DeletedPost(PostShape):
    """A deleted post, and the time until which it can be restored."""

    deleted_at: str | None
    purge_at: str | None


class DeletedPosts(TypedDict):
    """A page of deleted posts."""

    posts: list[DeletedPost]
    next_cursor: str | None


@app.serve("GET /posts/deleted", answer=DeletedPosts)
def list_deleted(request: Request) -> DeletedPosts:
    """List one's recently deleted posts, last deleted first."""
    caller, page = request.caller, read_page(request)
    posts, following = query(
        Post.deleted,
        caller.user_id,
        limit=page.limit,
        after=page.after,
        matching=(Post.purge_at > timestamp()) & Post.removed_by.does_not_exist(),
    )
    entries = {post.post_id: post for post in posts}
    shapes = shapes_of(caller, _visible(caller, posts))
    shapes, following = fit_page(shapes, entries, Post.deleted, following)
    shown: list[DeletedPost] = [
        {**shape, "deleted_at": post.deleted_at, "purge_at": post.purge_at}
        for shape, post in zip(shapes, posts, strict=False)  # some of them may not fit the page
    ]
    return {"posts": shown, "next_cursor": next_cursor(request, following)}


def _visible(caller: Caller, posts: list[Post]) -> list[VisiblePost]:
    likes = [(Like, post.post_id, caller.user_id) for post in posts]
    saved = [saved_key(caller.user_id, post.post_id) for post in posts]
    found = read_items([(User, caller.user_id), *likes, *saved])
    author = found.get(User, caller.user_id)
    if author is None:
        raise Unauthorized
    return [
        VisiblePost(post, author, None, found.get(*like), saved=found.at(entry))
        for post, like, entry in zip(posts, likes, saved, strict=True)
    ]
