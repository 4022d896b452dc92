"""Events of posts, likes, shares and collaborations."""

from dataclasses import dataclass, field

from shared.events.envelopes import Event


@dataclass(frozen=True, slots=True)
class PostCreated(Event):
    """A user published a post: it was created with all media ready, or its media became ready."""

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
    """A published post was edited, or its collaborators changed."""

    type = "post.updated"
    topic = "posts"

    post_id: str
    author_id: str
    visibility: str
    # Names of attributes: caption, visibility, comments_disabled, who_can_comment, location, media,
    # mentions, collaborators.
    changed: list[str]


@dataclass(frozen=True, slots=True)
class PostRestored(Event):
    """The deletion of a post was undone, so its audience sees it again."""

    type = "post.restored"
    topic = "posts"

    post_id: str
    author_id: str
    visibility: str


@dataclass(frozen=True, slots=True)
class PostPurged(Event):
    """A post was removed for good, with all that belongs to it: its deletion could no longer be
    undone, or its author's account was erased."""

    type = "post.purged"
    topic = "posts"

    post_id: str
    author_id: str
    upload_ids: list[str]  # what it showed, including its thumbnail


@dataclass(frozen=True, slots=True)
class PostMentioned(Event):
    """The caption of a published post mentions a user."""

    type = "post.mentioned"
    topic = "posts"

    post_id: str
    author_id: str
    author_username: str
    user_id: str
    since: str  # identifies the mention: PostUnmentioned has the same


@dataclass(frozen=True, slots=True)
class PostUnmentioned(Event):
    """The caption of a post no longer mentions a user."""

    type = "post.unmentioned"
    topic = "posts"

    post_id: str
    author_id: str
    user_id: str
    since: str  # as in PostMentioned


@dataclass(frozen=True, slots=True)
class CollaborationInvited(Event):
    """A user was invited to be a collaborator of a published post."""

    type = "post.collaboration_invited"
    topic = "posts"

    post_id: str
    author_id: str
    author_username: str
    user_id: str
    since: str  # identifies the invitation: the events of its acceptance and its end have the same


@dataclass(frozen=True, slots=True)
class CollaborationAccepted(Event):
    """A user accepted an invitation, or follows the author and so needs no invitation."""

    type = "post.collaboration_accepted"
    topic = "posts"

    post_id: str
    author_id: str
    user_id: str
    since: str  # as in CollaborationInvited


@dataclass(frozen=True, slots=True)
class CollaborationEnded(Event):
    """An invitation was declined, or a collaboration ended: the collaborator left, one of the two
    blocked the other, or the post was deleted."""

    type = "post.collaboration_ended"
    topic = "posts"

    post_id: str
    author_id: str
    user_id: str
    since: str  # as in CollaborationInvited


@dataclass(frozen=True, slots=True)
class PostShared(Event):
    """A user shared a post; the text of the share stays in the table."""

    type = "post.shared"
    topic = "posts"

    post_id: str
    author_id: str
    sharer_id: str
    sharer_username: str
    shared_at: str  # identifies the share: PostUnshared has the same


@dataclass(frozen=True, slots=True)
class PostUnshared(Event):
    """A user no longer shares a post."""

    type = "post.unshared"
    topic = "posts"

    post_id: str
    author_id: str
    sharer_id: str
    shared_at: str  # as in PostShared


@dataclass(frozen=True, slots=True)
class PostLiked(Event):
    """A user liked a post."""

    type = "post.liked"
    topic = "posts"

    post_id: str
    author_id: str
    liker_id: str
    liker_username: str
    liked_at: str  # identifies the like: PostUnliked has the same


@dataclass(frozen=True, slots=True)
class PostUnliked(Event):
    """A user no longer likes a post."""

    type = "post.unliked"
    topic = "posts"

    post_id: str
    author_id: str
    liker_id: str
    liked_at: str  # as in PostLiked
