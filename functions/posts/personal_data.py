"""The personal data of posts for an export: what a user posted, wrote, liked and shared."""

from collections.abc import Callable, Iterator
from typing import Any

from pynamodb.indexes import GlobalSecondaryIndex

from posts.models import Collaborator, Comment, CommentLike, Like, Post, PostEdit, Share
from shared.dynamodb.tables import Key, Table, read_items
from shared.lifecycle.personal_data import Topic, plain, walk, walk_pages

_POST = (
    "post_id",
    "caption",
    "visibility",
    "is_reel",
    "location",
    "comments_disabled",
    "who_can_comment",
    "mentions",
    "mention_names",
    "collaborators",
    "status",
    "like_count",
    "comment_count",
    "share_count",
    "edited_at",
    "created_at",
    "updated_at",
    "deleted_at",
)
_COMMENT = (
    "comment_id",
    "post_id",
    "parent_comment_id",
    "content",
    "mentions",
    "mention_names",
    "like_count",
    "reply_count",
    "is_pinned",
    "edited_at",
    "created_at",
)


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data. What others made appears by its id only."""
    posts = _whole(Post.by_author, user_id, lambda post: (Post, post.post_id))
    yield Topic(
        "posts",
        "Your posts and reels; `media` names uploads. Posts with `deleted_at` are purged soon.",
        map(_post, posts),
    )
    likes = (plain(like, "post_id", "liked_at") for like in walk(Like.by_user, user_id))
    yield Topic("likes", "The posts that you like.", likes)
    shares = (
        plain(share, "share_id", "post_id", "caption", "shared_at")
        for share in walk(Share.by_user, user_id)
    )
    yield Topic("shares", "The posts that you share, with your captions.", shares)
    collaborations = (
        plain(each, "post_id", "status", "since") for each in walk(Collaborator.by_user, user_id)
    )
    yield Topic(
        "collaborations", "The posts whose authors invited you to collaborate.", collaborations
    )
    comments = _whole(
        Comment.by_user, user_id, lambda each: (Comment, each.post_id, each.comment_id)
    )
    written = (plain(comment, *_COMMENT) for comment in comments)
    yield Topic("comments", "The comments that you wrote.", written)
    comment_likes = (
        plain(like, "comment_id", "post_id", "liked_at")
        for like in walk(CommentLike.by_user, user_id)
    )
    yield Topic("comment_likes", "The comments that you like.", comment_likes)


def _post(post: Post) -> dict[str, Any]:
    media = [
        {name: each[name] for name in ("upload_id", "type", "status", "alt_text")}
        for each in post.media
    ]
    edits = walk(PostEdit, post.post_id) if post.revision else ()
    before = [plain(edit, "edited_at", "before") for edit in edits]
    return {**plain(post, *_POST), "media": media, "edits": before}


def _whole[Item: Table](
    index: GlobalSecondaryIndex[Item], user_id: str, key_of: Callable[[Item], Key]
) -> Iterator[Item]:
    """The whole items of an index that projects little more than their keys."""
    for page in walk_pages(index, user_id):
        keys = [key_of(each) for each in page]
        found = read_items(keys)
        yield from (found[key] for key in keys if key in found)
