"""The shapes Comment and S.Comment of docs/api.md."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from posts.mentions import MentionShape, mentions_shown
from posts.shapes import SocialHubAuthor
from posts.visible_comments import VisibleComment
from shared.access.caller import Caller
from users.public import User, people_shown, picture_url


class CommentShape(TypedDict):
    """The shape Comment of docs/api.md."""

    id: str
    post_id: str
    parent_comment_id: str | None
    user_id: str
    author_username: str
    author_profile_url: str | None
    author_is_verified: bool
    content: str
    mentions: list[MentionShape]
    like_count: int
    reply_count: int
    is_liked: bool
    is_pinned: bool
    edited_at: str | None
    created_at: str


class SocialHubComment(TypedDict):
    """The shape S.Comment of docs/api.md."""

    id: str
    postId: str
    userId: str
    content: str
    parentCommentId: str | None
    likeCount: int
    createdAt: str
    user: SocialHubAuthor


class CommentPage(TypedDict):
    """A page of comments."""

    comments: list[CommentShape]
    next_cursor: str | None


def comment_shapes(viewer: Caller, comments: Sequence[VisibleComment]) -> list[CommentShape]:
    """The shapes of comments that were read; takes one more read if any of them mentions people."""
    named = dict.fromkeys(user_id for each in comments for user_id in each.comment.mentions)
    people = people_shown(viewer.user_id, list(named)) if named else {}
    return [_shape(each, people) for each in comments]


def comment_shape(viewer: Caller, visible: VisibleComment) -> CommentShape:
    """The shape of one comment."""
    return comment_shapes(viewer, [visible])[0]


def socialhub_comment(shape: CommentShape) -> SocialHubComment:
    """The shape S.Comment from the shape Comment."""
    return {
        "id": shape["id"],
        "postId": shape["post_id"],
        "userId": shape["user_id"],
        "content": shape["content"],
        "parentCommentId": shape["parent_comment_id"],
        "likeCount": shape["like_count"],
        "createdAt": shape["created_at"],
        "user": {
            "id": shape["user_id"],
            "username": shape["author_username"],
            "avatar": shape["author_profile_url"],
        },
    }


def _shape(visible: VisibleComment, people: Mapping[str, User]) -> CommentShape:
    comment, author = visible.comment, visible.author
    return {
        "id": comment.comment_id,
        "post_id": comment.post_id,
        "parent_comment_id": comment.parent_comment_id,
        "user_id": comment.user_id,
        "author_username": author.username,
        "author_profile_url": picture_url(author),
        "author_is_verified": author.is_verified,
        "content": comment.content,
        "mentions": mentions_shown(
            comment.content, comment.mentions, comment.mention_names, people
        ),
        "like_count": max(comment.like_count, 0),
        "reply_count": max(comment.reply_count, 0),
        "is_liked": visible.like is not None,
        "is_pinned": bool(comment.is_pinned),
        "edited_at": comment.edited_at,
        "created_at": comment.created_at,
    }
