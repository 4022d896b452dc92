"""user.erased: delete what the account posted, wrote, liked and shared, which also corrects the
counts of other people's posts."""

from itertools import compress

from posts.collaborations import end_collaboration
from posts.deletions import delete_dependents
from posts.latest_models import LatestPosts
from posts.models import AuthorStats, Collaborator, Comment, CommentLike, Like, Post, Share
from shared.dynamodb.tables import parallel_map, query, write_items
from shared.lifecycle.erasure import erasure
from shared.lifecycle.item_pages import delete_page
from shared.messaging.chains import Place

app = erasure("posts")

_POSTS = 25  # at a time


@app.step
def erase_posts(user_id: str) -> Place:
    """Delete its posts, each after what belongs to it, which is found through the post."""
    posts, following = query(Post.by_author, user_id, limit=_POSTS)
    are_emptied = parallel_map(delete_dependents, [post.post_id for post in posts])
    write_items(deletes=compress(posts, are_emptied))
    unfinished = [
        each.post_id for each, is_emptied in zip(posts, are_emptied, strict=True) if not is_emptied
    ]
    return unfinished or following


@app.step
def erase_comments(user_id: str) -> Place:
    """Delete its comments on other people's posts; their replies and likes follow by the stream."""
    return delete_page(Comment.by_user, user_id)


@app.step
def erase_comment_likes(user_id: str) -> Place:
    """Delete its likes of comments."""
    return delete_page(CommentLike.by_user, user_id)


@app.step
def erase_likes(user_id: str) -> Place:
    """Delete its likes of posts."""
    return delete_page(Like.by_user, user_id)


@app.step
def erase_shares(user_id: str) -> Place:
    """Delete its shares of posts."""
    return delete_page(Share.by_user, user_id)


@app.step
def erase_collaborations(user_id: str) -> Place:
    """End its collaborations on other people's posts."""
    found, following = query(Collaborator.by_user, user_id, limit=_POSTS)
    for row in found:
        end_collaboration(row)
    return following


@app.step
def erase_stats(user_id: str) -> Place:
    """Delete its counts of posts and reels, and the list of its latest ones."""
    write_items(deletes=[AuthorStats(user_id), LatestPosts(user_id)])
    return None
