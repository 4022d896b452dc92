"""Events of stories and their likes."""

from dataclasses import dataclass

from shared.events.envelopes import Event


@dataclass(frozen=True, slots=True)
class StoryCreated(Event):
    """A user published a story."""

    type = "story.created"
    topic = "stories"

    story_id: str
    author_id: str
    author_username: str
    close_friends_only: bool
    created_at: str


@dataclass(frozen=True, slots=True)
class StoryDeleted(Event):
    """A story was deleted by its author, or went with its author's account."""

    type = "story.deleted"
    topic = "stories"

    story_id: str
    author_id: str


@dataclass(frozen=True, slots=True)
class StoryRestored(Event):
    """The deletion of a story was undone in time."""

    type = "story.restored"
    topic = "stories"

    story_id: str
    author_id: str


@dataclass(frozen=True, slots=True)
class StoryPurged(Event):
    """A story was removed for good, with all that belongs to it: its deletion could no longer be
    undone, or its author's account was erased."""

    type = "story.purged"
    topic = "stories"

    story_id: str
    author_id: str
    upload_ids: list[str]  # what it showed


@dataclass(frozen=True, slots=True)
class StoryMentioned(Event):
    """The caption of a story mentions a user."""

    type = "story.mentioned"
    topic = "stories"

    story_id: str
    author_id: str
    author_username: str
    user_id: str
    since: str


@dataclass(frozen=True, slots=True)
class StoryLiked(Event):
    """A user likes a story."""

    type = "story.liked"
    topic = "stories"

    story_id: str
    author_id: str
    liker_id: str
    liker_username: str
    liked_at: str


@dataclass(frozen=True, slots=True)
class StoryUnliked(Event):
    """A user no longer likes a story, or one of the two is gone."""

    type = "story.unliked"
    topic = "stories"

    story_id: str
    author_id: str
    liker_id: str
    liked_at: str
