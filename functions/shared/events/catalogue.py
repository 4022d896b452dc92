"""The catalogue of what can happen: one frozen dataclass per event.

An event is published by the stream of the table that holds its fact, never by a request. Its id is
derived from the stream record, so that a replay carries the same id.
"""

from dataclasses import dataclass, field
from typing import Any

# Whoever reads an envelope needs the catalogue that tells what may be in it: hence from here.
from shared.events.envelopes import CATALOGUE as CATALOGUE
from shared.events.envelopes import Envelope as Envelope
from shared.events.envelopes import Event as Event
from shared.events.envelopes import publish as publish


@dataclass(frozen=True, slots=True)
class UserRegistered(Event):
    """Somebody signed up; the account is not verified yet."""

    type = "user.registered"
    topic = "users"

    user_id: str
    username: str


@dataclass(frozen=True, slots=True)
class UserVerified(Event):
    """An account's e-mail address was verified."""

    type = "user.verified"
    topic = "users"

    user_id: str
    username: str


@dataclass(frozen=True, slots=True)
class UserUpdated(Event):
    """What others see of a profile changed."""

    type = "user.updated"
    topic = "users"

    user_id: str
    username: str
    changed: list[str]


@dataclass(frozen=True, slots=True)
class UserFollowed(Event):
    """`follower_id` follows `followed_id` now."""

    type = "user.followed"
    topic = "users"

    follower_id: str
    follower_username: str
    followed_id: str
    since: str  # which following this is: an undone one is told by the same time


@dataclass(frozen=True, slots=True)
class FollowRequested(Event):
    """`follower_id` asked to follow a private account."""

    type = "user.follow_requested"
    topic = "users"

    follower_id: str
    follower_username: str
    followed_id: str
    since: str


@dataclass(frozen=True, slots=True)
class UserUnfollowed(Event):
    """`follower_id` does not follow `followed_id` any more, whoever ended it."""

    type = "user.unfollowed"
    topic = "users"

    follower_id: str
    followed_id: str
    since: str  # as in UserFollowed


@dataclass(frozen=True, slots=True)
class FollowRequestEnded(Event):
    """The request is over without a follow: `follower_id` withdrew it, it was rejected, or one of
    the two blocked the other."""

    type = "user.follow_request_ended"
    topic = "users"

    follower_id: str
    followed_id: str
    since: str  # as in FollowRequested


@dataclass(frozen=True, slots=True)
class FollowApproved(Event):
    """`followed_id` let `follower_id`, who had asked, follow; a UserFollowed tells it as well."""

    type = "user.follow_approved"
    topic = "users"

    follower_id: str
    followed_id: str
    followed_username: str
    requested_since: str  # as in FollowRequested
    since: str  # as in UserFollowed


@dataclass(frozen=True, slots=True)
class UserBlocked(Event):
    """`blocker_id` blocks `blocked_id`: nothing of one reaches the other any more."""

    type = "user.blocked"
    topic = "users"

    blocker_id: str
    blocked_id: str


@dataclass(frozen=True, slots=True)
class UserDeleted(Event):
    """An account is being deleted: hidden at once, erased after 30 days unless it is restored."""

    type = "user.deleted"
    topic = "users"

    user_id: str
    purge_at: str


@dataclass(frozen=True, slots=True)
class UserRestored(Event):
    """A deletion was undone in time."""

    type = "user.restored"
    topic = "users"

    user_id: str


@dataclass(frozen=True, slots=True)
class UserErased(Event):
    """An account is gone for good: every service erases what it holds of it."""

    type = "user.erased"
    topic = "users"

    user_id: str


@dataclass(frozen=True, slots=True)
class ExportReady(Event):
    """The data that a user asked for can be fetched."""

    type = "user.export_ready"
    topic = "users"

    user_id: str
    requested_at: str


@dataclass(frozen=True, slots=True)
class UserBanned(Event):
    """An administrator banned an account."""

    type = "user.banned"
    topic = "users"

    user_id: str
    reason: str | None
    banned_until: str | None


@dataclass(frozen=True, slots=True)
class PostCreated(Event):
    """A post is there for its audience: it was made, or its media became ready."""

    type = "post.created"
    topic = "posts"

    post_id: str
    author_id: str
    author_username: str
    visibility: str
    is_reel: bool
    created_at: str
    upload_ids: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PostDeleted(Event):
    """A post was deleted by its author or an administrator."""

    type = "post.deleted"
    topic = "posts"

    post_id: str
    author_id: str


@dataclass(frozen=True, slots=True)
class PostUpdated(Event):
    """A post that is there for its audience was edited, or its collaborators have changed.
    `changed` names attributes: caption, visibility, comments_disabled, who_can_comment, location,
    media, mentions, collaborators."""

    type = "post.updated"
    topic = "posts"

    post_id: str
    author_id: str
    visibility: str
    changed: list[str]


@dataclass(frozen=True, slots=True)
class PostRestored(Event):
    """The deletion of a post was undone: it is there for its audience again."""

    type = "post.restored"
    topic = "posts"

    post_id: str
    author_id: str
    visibility: str


@dataclass(frozen=True, slots=True)
class PostPurged(Event):
    """A post is gone for good, after its deletion could no longer be undone or with its author's
    account: what hangs on it goes too."""

    type = "post.purged"
    topic = "posts"

    post_id: str
    author_id: str
    upload_ids: list[str]  # what it showed, its thumbnail too


@dataclass(frozen=True, slots=True)
class PostMentioned(Event):
    """The caption of a post that is there names `user_id`."""

    type = "post.mentioned"
    topic = "posts"

    post_id: str
    author_id: str
    author_username: str
    user_id: str
    since: str  # which mention this is: an undone one is told by the same time


@dataclass(frozen=True, slots=True)
class PostUnmentioned(Event):
    """The caption does not name `user_id` any more."""

    type = "post.unmentioned"
    topic = "posts"

    post_id: str
    author_id: str
    user_id: str
    since: str  # as in PostMentioned


@dataclass(frozen=True, slots=True)
class CollaborationInvited(Event):
    """`user_id` was asked to stand beside the author of a post that is there."""

    type = "post.collaboration_invited"
    topic = "posts"

    post_id: str
    author_id: str
    author_username: str
    user_id: str
    since: str  # which invitation this is: an ended one is told by the same time


@dataclass(frozen=True, slots=True)
class CollaborationAccepted(Event):
    """`user_id` accepted an invitation, or follows the author and so need not be asked."""

    type = "post.collaboration_accepted"
    topic = "posts"

    post_id: str
    author_id: str
    user_id: str
    since: str  # as in CollaborationInvited


@dataclass(frozen=True, slots=True)
class CollaborationEnded(Event):
    """An invitation was declined, a collaborator left, a block parted the two, or the post is not
    there any more."""

    type = "post.collaboration_ended"
    topic = "posts"

    post_id: str
    author_id: str
    user_id: str
    since: str  # as in CollaborationInvited


@dataclass(frozen=True, slots=True)
class PostShared(Event):
    """`sharer_id` shares the post. What they say to it stays in the table."""

    type = "post.shared"
    topic = "posts"

    post_id: str
    author_id: str
    sharer_id: str
    sharer_username: str
    shared_at: str  # which share this is: an undone one is told by the same time


@dataclass(frozen=True, slots=True)
class PostUnshared(Event):
    """`sharer_id` does not share the post any more."""

    type = "post.unshared"
    topic = "posts"

    post_id: str
    author_id: str
    sharer_id: str
    shared_at: str  # as in PostShared


@dataclass(frozen=True, slots=True)
class PostLiked(Event):
    """`liker_id` likes the post."""

    type = "post.liked"
    topic = "posts"

    post_id: str
    author_id: str
    liker_id: str
    liker_username: str
    liked_at: str  # which like this is: an undone one is told by the same time


@dataclass(frozen=True, slots=True)
class PostUnliked(Event):
    """`liker_id` does not like the post any more."""

    type = "post.unliked"
    topic = "posts"

    post_id: str
    author_id: str
    liker_id: str
    liked_at: str  # as in PostLiked


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


@dataclass(frozen=True, slots=True)
class MediaReady(Event):
    """An upload was processed; `media` is what a post shows of it (see `media/models.py`)."""

    type = "media.ready"
    topic = "media"

    upload_id: str
    owner_id: str
    kind: str
    post_id: str | None
    media: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MediaFailed(Event):
    """An upload could not be processed."""

    type = "media.failed"
    topic = "media"

    upload_id: str
    owner_id: str
    kind: str
    post_id: str | None
    code: str


@dataclass(frozen=True, slots=True)
class MediaDescribed(Event):
    """A picture without an alternative text got one by a model; `post_ids` show it."""

    type = "media.described"
    topic = "media"

    upload_id: str
    owner_id: str
    post_ids: list[str]
    alt_text: str


@dataclass(frozen=True, slots=True)
class AltTextSuggested(Event):
    """A model described a picture, as its owner allows."""

    type = "alt_text.suggested"
    topic = "ai"

    upload_id: str
    owner_id: str
    text: str


@dataclass(frozen=True, slots=True)
class MessageSent(Event):
    """A message is in a conversation. Its text stays in the table."""

    type = "message.sent"
    topic = "chat"

    message_id: str
    conversation_id: str
    sender_id: str
    sender_username: str
