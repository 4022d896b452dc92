"""Pages of comments in the orders that api.md offers. Who may see them is not looked at here."""

from typing import Any, Literal

from posts.models import Comment
from shared.paging import Page
from shared.tables import query

type Sort = Literal["oldest", "newest", "top"]
type Refs = tuple[list[Comment], dict[str, Any] | None]


def thread_page(thread: str, page: Page, *, newest_first: bool = False) -> Refs:
    """The next comments of a thread (a post's id: its top-level comments; a comment's: its
    replies), and where to go on."""
    return query(
        Comment.by_thread, thread, limit=page.limit, after=page.after, newest_first=newest_first
    )


def top_page(post_id: str, page: Page, *, with_replies: bool) -> Refs:
    """The next comments of a post by how many like them. While likes come in, one may move from
    page to page."""
    matching = None if with_replies else Comment.parent_comment_id.does_not_exist()
    return query(Comment.by_likes, post_id, limit=page.limit, after=page.after, matching=matching)


def whole_page(post_id: str, page: Page, *, newest_first: bool) -> Refs:
    """The next comments of a post by time, replies among them."""
    return query(
        Comment,
        post_id,
        limit=page.limit,
        after=page.after,
        newest_first=newest_first,
        consistent=True,
    )
