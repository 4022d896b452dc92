"""Events of comments and their likes."""

from dataclasses import dataclass

from shared.events.envelopes import Event


@dataclass(frozen=True, slots=True)
class PostCommented(Event):
    """A user commented on a post or replied to a comment; the text stays in the table."""

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
    """A comment or a reply was deleted, or is hidden because an administrator removed it or the
    comment it replies to; each reply has an event of its own."""

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
class CommentRestored(Event):
    """A comment or a reply that was hidden is shown again: its removal was reversed."""

    type = "comment.restored"
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
    """A comment mentions a user, since it was written or edited."""

    type = "comment.mentioned"
    topic = "posts"

    post_id: str
    comment_id: str
    commenter_id: str
    commenter_username: str
    user_id: str
    commented_at: str  # as in PostCommented: mentioning a user again is the same mention
    # As in PostCommented; absent in events of an earlier version.
    author_id: str | None = None
    parent_author_id: str | None = None


@dataclass(frozen=True, slots=True)
class CommentUnmentioned(Event):
    """A comment no longer mentions a user: it was edited or deleted."""

    type = "comment.unmentioned"
    topic = "posts"

    post_id: str
    comment_id: str
    commenter_id: str
    user_id: str
    commented_at: str  # as in CommentMentioned


@dataclass(frozen=True, slots=True)
class CommentLiked(Event):
    """A user liked a comment."""

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
    """A user no longer likes a comment."""

    type = "comment.unliked"
    topic = "posts"

    post_id: str
    comment_id: str
    commenter_id: str
    liker_id: str
    liked_at: str  # as in CommentLiked
