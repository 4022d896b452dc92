"""The streams of posts and likes: exact like counts, and what happened to posts as events."""

from collections.abc import Iterator

from posts.models import Like, Post
from shared.counters import Counter
from shared.events import PostCreated, PostDeleted, PostLiked, PostUnliked
from shared.streams import Change, stream

app = stream("posts")


def _likes(change: Change[Like]) -> dict[str, int]:
    if change.is_created:
        return {"like_count": 1}
    return {"like_count": -1} if change.is_removed else {}


app.count(Like, Counter(Post, "like_seq", lambda change: change.item.post_id, _likes))


@app.tell(Post)
def posts(change: Change[Post]) -> Iterator[tuple[str, PostCreated | PostDeleted]]:
    """A post is created for the world when it is first ready, and deleted when it is hidden or
    gone. Counting on it is nobody's news."""
    post = change.item
    if _is_there(change.new) and not (change.old and change.old.status == "ready"):
        yield (
            post.author_id,
            PostCreated(
                post_id=post.post_id,
                author_id=post.author_id,
                author_username=post.author_username,
                visibility=post.visibility,
                is_reel=post.is_reel,
                created_at=post.created_at,
                upload_ids=[each["upload_id"] for each in post.media],
            ),
        )
    if change.old and not change.old.deleted_at and (post.deleted_at or change.is_removed):
        yield post.author_id, PostDeleted(post.post_id, post.author_id)


@app.tell(Like)
def likes(change: Change[Like]) -> Iterator[tuple[str, PostLiked | PostUnliked]]:
    """A like that is made or ended."""
    like = change.item
    if change.is_created:
        yield (
            like.user_id,
            PostLiked(like.post_id, like.author_id, like.user_id, like.username, like.liked_at),
        )
    if change.is_removed:
        yield like.user_id, PostUnliked(like.post_id, like.author_id, like.user_id, like.liked_at)


def _is_there(post: Post | None) -> bool:
    return post is not None and post.status == "ready" and not post.deleted_at
