"""What an export of somebody's data holds of posts: what they posted, wrote, liked and shared."""

from collections.abc import Iterator
from typing import Any

from posts.models import Collaborator, Comment, CommentLike, Like, Post, PostEdit, Share
from shared.personal_data import Topic, plain, walk, walk_pages
from shared.tables import read_items

_POST = (
    "post_id",
    "caption",
    "visibility",
    "is_reel",
    "location",
    "comments_disabled",
    "who_can_comment",
    "mentions",
    "collaborators",
    "status",
    "like_count",
    "comment_count",
    "share_count",
    "edited_at",
    "created_at",
    "updated_at",
)
_COMMENT = (
    "comment_id",
    "post_id",
    "parent_comment_id",
    "content",
    "mentions",
    "like_count",
    "reply_count",
    "is_pinned",
    "edited_at",
    "created_at",
)


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data. Of what others made it names the id alone."""
    posts = walk(Post.by_author, user_id, matching=Post.deleted_at.does_not_exist())
    yield Topic("posts", "Your posts and reels; `media` names uploads.", map(_post, posts))
    likes = (plain(like, "post_id", "liked_at") for like in walk(Like.by_user, user_id))
    yield Topic("likes", "The posts that you like.", likes)
    shares = (
        plain(share, "share_id", "post_id", "caption", "shared_at")
        for share in walk(Share.by_user, user_id)
    )
    yield Topic("shares", "The posts that you share, and what you say to them.", shares)
    collaborations = (
        plain(each, "post_id", "status", "since") for each in walk(Collaborator.by_user, user_id)
    )
    yield Topic(
        "collaborations", "The posts whose authors asked you to collaborate.", collaborations
    )
    yield Topic("comments", "What you wrote below posts.", _comments(user_id))
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
    edits = walk(PostEdit, post.post_id) if post.edited_at else ()
    before = [plain(edit, "edited_at", "before") for edit in edits]
    return {**plain(post, *_POST), "media": media, "edits": before}


def _comments(user_id: str) -> Iterator[dict[str, Any]]:
    for page in walk_pages(Comment.by_user, user_id):  # which holds their keys alone
        keys = [(Comment, each.post_id, each.comment_id) for each in page]
        found = read_items(keys)
        for key in keys:
            if key in found:
                yield plain(found[key], *_COMMENT)
