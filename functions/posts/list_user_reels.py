"""GET /users/{user}/reels: an account's reels that the caller may see."""

from typing import TypedDict

from posts.models import Post
from posts.public import read_posts
from posts.shapes import PostShape
from posts.visible_author import listed_author
from shared.dynamodb.tables import query
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request

app = endpoint("posts")


class Reels(TypedDict):
    """A page of reels."""

    posts: list[PostShape]
    next_cursor: str | None


@app.serve("GET /users/{user}/reels", auth="unverified-ok", answer=Reels)
def list_user_reels(request: Request) -> Reels:
    """List an account's reels, newest first."""
    page, author = read_page(request), listed_author(request)
    found, following = query(
        Post.reels,
        author.user_id,
        limit=page.limit,
        after=page.after,
        matching=Post.deleted_at.does_not_exist(),
    )
    ids = [reel.post_id for reel in found]
    shapes = read_posts(request.caller, ids, dict.fromkeys(ids, author.user_id))
    return {"posts": shapes, "next_cursor": next_cursor(request, following)}
