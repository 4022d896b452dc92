"""GET /comments/{comment_id}/replies: the replies to a comment the caller may see, oldest first."""

from posts.comment_pages import thread_page
from posts.comment_shapes import CommentPage, comment_shapes
from posts.visible_comments import get_visible_comment, get_visible_comments
from shared.http.endpoint import endpoint
from shared.http.paging import next_cursor, read_page
from shared.http.requests import Request

app = endpoint("posts")


@app.serve("GET /comments/{comment_id}/replies", auth="unverified-ok", answer=CommentPage)
def list_replies(request: Request) -> CommentPage:
    """List the replies to a comment."""
    page = read_page(request)
    visible, _ = get_visible_comment(request.caller, request.path["comment_id"])
    refs, following = thread_page(visible.comment.comment_id, page)
    return {
        "comments": comment_shapes(request.caller, get_visible_comments(request.caller, refs)),
        "next_cursor": next_cursor(request, following),
    }
