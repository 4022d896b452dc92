"""Events of posts, likes, shares and collaborations."""

from dataclasses import dataclass, field

from shared.events.envelopes import Event


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
