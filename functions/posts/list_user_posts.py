"""GET /users/{user}/posts: an account's posts that the caller may see."""

from typing import TypedDict

from posts.author_pages import Kind, listed_posts
from posts.models import Post
from posts.pages import fit_page
from posts.public import read_posts
from posts.shapes import PostShape, SocialHubPost, socialhub_post
from posts.visible_author import listed_author
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request

app = endpoint("posts")


class Posts(TypedDict):
    """A page of posts."""

    posts: list[PostShape]
    next_cursor: str | None


class SocialHubPosts(TypedDict):
    """The page, as SocialHub gives it."""

    posts: list[SocialHubPost]
    next_cursor: str | None


@app.serve(
    "GET /users/{user}/posts",
    socialhub=("GET /posts/user/{user}", "GET /api/v1/posts/user/{user}"),
    auth="unverified-ok",
    answer=Posts,
    socialhub_answer=SocialHubPosts,
)
def list_user_posts(request: Request) -> Posts | SocialHubPosts:
    """List an account's posts, newest first; SocialHub's routes list reels too."""
    caller, page = request.caller, read_page(request)
    author = listed_author(request)
    kind: Kind = "both" if request.is_socialhub else "posts"
    found, following = listed_posts(caller.user_id, author.user_id, kind, page.limit, page.after)
    entries = {post.post_id: post for post in found}
    posts = read_posts(caller, list(entries), dict.fromkeys(entries, author.user_id))
    shapes, following = fit_page(posts, entries, Post.by_author, following)
    cursor = next_cursor(request, following)
    if request.is_socialhub:
        return {"posts": [socialhub_post(shape) for shape in shapes], "next_cursor": cursor}
    return {"posts": shapes, "next_cursor": cursor}
