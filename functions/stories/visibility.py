"""The one rule of a story's audience, and its life of 24 hours (docs/api.md section 1)."""

from dataclasses import dataclass
from typing import Protocol

from shared.clock import now, seconds, timestamp

LIFE = 24 * 3600  # seconds; then only the author sees the story


class Hideable(Protocol):
    """What the rule needs to know of a story."""

    @property
    def close_friends_only(self) -> bool:
        """Whether it is for the author's close friends alone."""

    @property
    def deleted_at(self) -> str | None:
        """When it was deleted, or None."""

    @property
    def status(self) -> str:
        """`ready`, or `processing` or `failed` like its upload."""


class Timed(Protocol):
    """What has a life."""

    @property
    def created_at(self) -> str:
        """When it was created."""

    @property
    def ready_at(self) -> str | None:
        """When its upload became ready, if it waited for it."""

    @property
    def status(self) -> str:
        """`ready`, or `processing` or `failed` like its upload."""


@dataclass(frozen=True, slots=True)
class Author:
    """What the rule needs to know of an author: `is_shown` is the result of `users.public.is_shown`
    (not banned, deleted or hidden as unverified)."""

    is_shown: bool
    is_private: bool


@dataclass(frozen=True, slots=True)
class ViewerAccess:
    """How a viewer is related to a story's author at this moment."""

    owns: bool = False  # is the author
    follows: bool = False
    is_close_friend: bool = False
    is_hidden_from: bool = False  # is on the author's hide-story list
    is_blocked: bool = False  # by either of the two


def may_see(story: Hideable, author: Author | None, access: ViewerAccess) -> bool:
    """Whether a viewer with this access belongs to the story's audience (`author` is None if the
    account is gone). Whether the story's 24 hours are over is another question: `is_expired`."""
    if story.deleted_at is not None or author is None:
        return False
    if access.owns:
        return True
    if story.status != "ready":
        return False
    if not author.is_shown or access.is_blocked or access.is_hidden_from:
        return False
    if story.close_friends_only:
        return access.is_close_friend
    return access.follows or not author.is_private


def appeared_at(story: Timed) -> str:
    """When the story's 24 hours began: when it was ready."""
    return story.ready_at or story.created_at


def is_expired(story: Timed) -> bool:
    """Whether the story's 24 hours are over. Those of a story that waits for its upload are still
    to come; those of one that failed passed without an audience."""
    return story.status != "processing" and now() >= seconds(appeared_at(story)) + LIFE


def expires_at(story: Timed) -> str:
    """The time until which the story's audience sees it; if it waits for its upload, the earliest
    that this can be."""
    return timestamp(seconds(appeared_at(story)) + LIFE)
