"""Events of comments and their likes."""

from dataclasses import dataclass

from shared.events.envelopes import Event


@dataclass(frozen=True, slots=True)
class PostCommented(Event):
    """A comment, or a reply to one, is there. Its text stays in the table."""

    type = "post.commented"
    topic = "posts"

    post_id: str
    author_id: str
    comment_id: str
    parent_comment_id: str | None
    parent_author_id: str | None  # of the comment that is replied to
    commenter_id: str
    commenter_username: str
    commented_at: str


@dataclass(frozen=True, slots=True)
class CommentDeleted(Event):
    """A comment is gone; its replies, if it had any, are told one by one."""

    type = "comment.deleted"
    topic = "posts"

    post_id: str
    author_id: str
    comment_id: str
    parent_comment_id: str | None
    parent_author_id: str | None
    commenter_id: str
    commented_at: str  # as in PostCommented


@dataclass(frozen=True, slots=True)
class CommentMentioned(Event):
    """A comment that is there names `user_id`, since it was written or since an edit."""

    type = "comment.mentioned"
    topic = "posts"

    post_id: str
    comment_id: str
    commenter_id: str
    commenter_username: str
    user_id: str
    commented_at: str  # as in PostCommented: naming somebody anew is the same mention


@dataclass(frozen=True, slots=True)
class CommentUnmentioned(Event):
    """The comment does not name `user_id` any more, or is gone."""

    type = "comment.unmentioned"
    topic = "posts"

    post_id: str
    comment_id: str
    commenter_id: str
    user_id: str
    commented_at: str  # as in CommentMentioned


@dataclass(frozen=True, slots=True)
class CommentLiked(Event):
    """`liker_id` likes the comment."""

    type = "comment.liked"
    topic = "posts"

    post_id: str
    comment_id: str
    commenter_id: str
    liker_id: str
    liker_username: str
    liked_at: str


@dataclass(frozen=True, slots=True)
class CommentUnliked(Event):
    """`liker_id` does not like the comment any more."""

    type = "comment.unliked"
    topic = "posts"

    post_id: str
    comment_id: str
    commenter_id: str
    liker_id: str
    liked_at: str  # as in CommentLiked
