"""GET /users/{user}/reels: an account's reels that the caller may see."""

from typing import TypedDict

from posts.author_pages import listed_posts
from posts.public import read_posts
from posts.shapes import PostShape
from posts.visible_author import listed_author
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
    found, following = listed_posts(
        request.caller.user_id, author.user_id, "reels", page.limit, page.after
    )
    ids = [reel.post_id for reel in found]
    shapes = read_posts(request.caller, ids, dict.fromkeys(ids, author.user_id))
    return {"posts": shapes, "next_cursor": next_cursor(request, following)}
