"""Pages of comments in the orders of docs/api.md, without regard to who may see them."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from posts.models import Comment
from posts.visible_comments import CommentRef, Place
from shared.dynamodb.tables import query
from shared.http.paging import Page

type Sort = Literal["oldest", "newest", "top"]
# The comments of a page, and the key to continue after.
type CommentRefs = tuple[Sequence[CommentRef], dict[str, Any] | None]


def thread_page(thread: str, page: Page, *, newest_first: bool = False) -> CommentRefs:
    """The next comments of a thread, and the key to continue after. A thread is a post's id (its
    top-level comments) or a comment's id (its replies)."""
    return query(
        Comment.by_thread, thread, limit=page.limit, after=page.after, newest_first=newest_first
    )


def top_page(post_id: str, page: Page, *, with_replies: bool) -> CommentRefs:
    """The next comments of a post by their number of likes. While likes arrive, a comment may move
    between pages."""
    matching = None if with_replies else Comment.parent_comment_id.does_not_exist()
    return query(Comment.by_likes, post_id, limit=page.limit, after=page.after, matching=matching)


def whole_page(post_id: str, page: Page, *, newest_first: bool) -> CommentRefs:
    """The next comments of a post by time, replies included."""
    return query(
        Comment,
        post_id,
        limit=page.limit,
        after=page.after,
        newest_first=newest_first,
        consistent=True,
    )


def pinned_first(
    pinned: Sequence[Place], page: Page, read: Callable[[Page], CommentRefs]
) -> CommentRefs:
    """A page of the comments that `read` returns; the first page begins with the pinned ones, as
    many as it holds.

    The cursor names the comments that came first. So they are not repeated in their own place, and
    pinning or unpinning between two pages moves nothing.
    """
    first: Sequence[Place] = ()
    after, shown = page.after, []
    if after is None:
        first = pinned[: page.limit]
        shown = [each.comment_id for each in first]
    elif "shown" in after:
        after, shown = after["after"], after["shown"]
    room = page.limit - len(first)
    if not room:
        return first, {"shown": shown, "after": None}
    refs, following = read(Page(room, after))
    others = [each for each in refs if each.comment_id not in shown]
    if following and shown:
        following = {"shown": shown, "after": following}
    return [*first, *others], following
