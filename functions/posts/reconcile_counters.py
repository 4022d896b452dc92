"""Daily: recount likes, comments, shares and authors' posts, and repair and report wrong counts."""

from typing import Any

from pynamodb.attributes import Attribute

from posts.models import AuthorStats, ByAuthor, Comment, CommentLike, Like, Post, Share
from shared import observability
from shared.dynamodb.recounts import Counting, recount
from shared.dynamodb.tables import Table


def _posts(total: Attribute[int], *, is_reel: bool) -> Counting:
    # Changed in the posts' own transactions, and not counted by a stream.
    where = {"is_reel": is_reel, "deleted_at": None}
    index = ByAuthor.Meta.index_name
    return Counting(AuthorStats, total, None, Post, "author_id", index=index, where=where)


_COUNTINGS: dict[type[Table], list[Counting]] = {
    Post: [
        Counting(Post, Post.like_count, Post.like_seq, Like, "post_id"),
        Counting(
            Post,
            Post.comment_count,
            Post.comment_seq,
            Comment,
            "post_id",
            where={"is_hidden": None},
        ),
        Counting(Post, Post.share_count, Post.share_seq, Share, "post_id"),
    ],
    Comment: [
        Counting(Comment, Comment.like_count, Comment.like_seq, CommentLike, "comment_id"),
        Counting(
            Comment, Comment.reply_count, Comment.reply_seq, Comment, "thread", index="by_thread"
        ),
    ],
    AuthorStats: [
        _posts(AuthorStats.post_count, is_reel=False),
        _posts(AuthorStats.reel_count, is_reel=True),
    ],
}


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Recount while there is time; the next run continues where this one ended."""
    observability.start_tracing()
    return recount(_COUNTINGS, context)
