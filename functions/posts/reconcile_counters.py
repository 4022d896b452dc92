"""Daily: recount likes, comments and shares, repair wrong counts, and report them as a metric."""

from typing import Any

from posts.models import Comment, CommentLike, Like, Post, Share
from shared import observability
from shared.dynamodb.recounts import Counting, recount
from shared.dynamodb.tables import Table

_COUNTINGS: dict[type[Table], list[Counting]] = {
    Post: [
        Counting(Post, Post.like_count, Post.like_seq, Like, "post_id"),
        Counting(
            Post,
            Post.comment_count,
            Post.comment_seq,
            Comment,
            "post_id",
            unless="is_hidden",
        ),
        Counting(Post, Post.share_count, Post.share_seq, Share, "post_id"),
    ],
    Comment: [
        Counting(Comment, Comment.like_count, Comment.like_seq, CommentLike, "comment_id"),
        Counting(
            Comment, Comment.reply_count, Comment.reply_seq, Comment, "thread", index="by_thread"
        ),
    ],
}


def app(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Recount while there is time; the next run continues where this one ended."""
    observability.start_tracing()
    return recount(_COUNTINGS, context)
