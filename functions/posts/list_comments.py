"""GET /posts/{post_id}/comments: the comments of a post the caller may see."""

from typing import TypedDict

from posts.comment_pages import (
    CommentRefs,
    pinned_first,
    thread_page,
    top_page,
    whole_page,
)
from posts.comment_pins import pinned_places
from posts.comment_shapes import (
    CommentPage,
    SocialHubComment,
    comment_shapes,
    socialhub_comment,
)
from posts.models import Post
from posts.visible_comments import get_visible_comments
from posts.visible_posts import get_visible_post
from shared.http.endpoint import endpoint
from shared.http.paging import Page, next_cursor, read_page
from shared.http.queries import Choice, ListQuery
from shared.http.requests import Request

app = endpoint("posts")


class CommentsQuery(ListQuery):
    """The order of the comments; `top` is by likes."""

    sort = Choice("oldest", "newest", "top").or_else("oldest")


class SocialHubComments(TypedDict):
    """A page of comments, replies included, for SocialHub."""

    comments: list[SocialHubComment]
    next_cursor: str | None


@app.serve(
    "GET /posts/{post_id}/comments",
    socialhub=("GET /api/v1/posts/{post_id}/comments",),
    auth="unverified-ok",
    query=CommentsQuery,
    answer=CommentPage,
    socialhub_answer=SocialHubComments,
)
def list_comments(request: Request[None, CommentsQuery]) -> CommentPage | SocialHubComments:
    """List a post's top-level comments, the pinned ones first; SocialHub's route lists all comments
    in order, replies included."""
    post = get_visible_post(request.caller, request.path["post_id"]).post
    refs, following = _page(request, post)
    shapes = comment_shapes(request.caller, get_visible_comments(request.caller, refs))
    cursor = next_cursor(request, following)
    if request.is_socialhub:
        return {"comments": [socialhub_comment(each) for each in shapes], "next_cursor": cursor}
    return {"comments": shapes, "next_cursor": cursor}


def _page(request: Request[None, CommentsQuery], post: Post) -> CommentRefs:
    page, sort, post_id = read_page(request), request.query.sort, post.post_id
    is_newest = sort == "newest"
    if request.is_socialhub:
        if sort == "top":
            return top_page(post_id, page, with_replies=True)
        return whole_page(post_id, page, newest_first=is_newest)

    def read(page: Page) -> CommentRefs:
        if sort == "top":
            return top_page(post_id, page, with_replies=False)
        return thread_page(post_id, page, newest_first=is_newest)

    return pinned_first(pinned_places(post), page, read)
