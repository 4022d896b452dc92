"""user.erased: what the account posted, wrote, liked and shared goes, which also corrects the
counts of others' posts."""

from collections.abc import Callable
from itertools import compress

from posts.collaborations import end
from posts.deletions import strip
from posts.models import AuthorStats, Collaborator, Comment, CommentLike, Like, Post, Share
from shared.dynamodb.tables import in_parallel, query, write_items
from shared.lifecycle.erasure import delete_page, erasure

app = erasure("posts")

_POSTS = 25  # at a time


@app.step
def erase_posts(user_id: str) -> bool:
    """Its posts, each after what hangs on it, because the post leads there."""
    posts, following = query(Post.by_author, user_id, limit=_POSTS)
    are_bare = in_parallel(*(_baring(post.post_id) for post in posts))
    write_items(deletes=compress(posts, are_bare))
    return following is not None or not all(are_bare)


@app.step
def erase_comments(user_id: str) -> bool:
    """What it wrote below others' posts. The replies and the likes go behind it."""
    return delete_page(Comment.by_user, user_id)


@app.step
def erase_comment_likes(user_id: str) -> bool:
    """Its likes of comments."""
    return delete_page(CommentLike.by_user, user_id)


@app.step
def erase_likes(user_id: str) -> bool:
    """Its likes of posts."""
    return delete_page(Like.by_user, user_id)


@app.step
def erase_shares(user_id: str) -> bool:
    """Its shares of posts."""
    return delete_page(Share.by_user, user_id)


@app.step
def erase_collaborations(user_id: str) -> bool:
    """Its place beside the authors of others' posts."""
    found, following = query(Collaborator.by_user, user_id, limit=_POSTS)
    for row in found:
        end(row)
    return following is not None


@app.step
def erase_stats(user_id: str) -> bool:
    """How much it had posted."""
    write_items(deletes=[AuthorStats(user_id)])
    return False


def _baring(post_id: str) -> Callable[[], bool]:
    return lambda: strip(post_id)
