"""The one visibility rule: may this viewer see this post? (docs/api.md section 1)"""

from dataclasses import dataclass
from typing import Protocol

# Each audience is part of the one before it.
_AUDIENCES = ("public", "followers", "close_friends", "private")


class Hideable(Protocol):
    """What the rule needs to know of a post."""

    @property
    def visibility(self) -> str:
        """`public`, `followers`, `close_friends` or `private`."""

    @property
    def status(self) -> str:
        """`ready`, `processing` or `failed`."""

    @property
    def deleted_at(self) -> str | None:
        """When it was deleted, or None."""


@dataclass(frozen=True, slots=True)
class Author:
    """What the rule needs to know of an author: `is_shown` is the result of `users.public.is_shown`
    (not banned, deleted or hidden as unverified)."""

    is_shown: bool
    is_private: bool


@dataclass(frozen=True, slots=True)
class ViewerAccess:
    """How a viewer is related to a post and its author at this moment."""

    owns: bool = False  # is the author
    follows: bool = False
    is_close_friend: bool = False
    is_blocked: bool = False  # by either of the two
    collaborates: bool = False  # is an accepted collaborator


def may_see(post: Hideable, author: Author | None, access: ViewerAccess) -> bool:
    """Whether a viewer with this access may see the post (`author` is None if the account is
    gone)."""
    if post.deleted_at is not None or author is None:
        return False
    if access.owns:
        return True
    if not author.is_shown or access.is_blocked:
        return False
    if access.collaborates:
        return True
    if post.status != "ready":
        return False
    audience = audience_of(post.visibility, author.is_private)
    if audience == "public":
        return True
    if audience == "followers":
        return access.follows
    return audience == "close_friends" and access.is_close_friend


def audience_of(visibility: str, is_private_account: bool) -> str:
    """The stricter of a post's visibility and its author's account."""
    if visibility not in _AUDIENCES:
        return "private"
    account = "followers" if is_private_account else "public"
    return max(visibility, account, key=_AUDIENCES.index)
