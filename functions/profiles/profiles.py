"""The shape Profile, as others see it and as its owner sees it, and the shape Privacy."""

from collections.abc import Callable
from typing import Any, TypedDict

from auth.public import security_of
from moderation.public import verification_status
from notifications.public import unread_count
from posts.public import author_stats
from shared.access.caller import Caller
from shared.dynamodb.tables import in_parallel
from stories.public import has_story
from users.public import (
    Relation,
    User,
    UserRow,
    is_notified,
    mutual_follower_count,
    status_without_ban,
    user_row,
)


class Privacy(TypedDict):
    """Shape Privacy."""

    is_private: bool
    allow_message_requests: bool
    show_presence: bool
    show_read_receipts: bool
    suggest_alt_text: bool


class Profile(UserRow):
    """Shape Profile, as others see it."""

    bio: str
    gender: str
    is_private: bool
    follower_count: int
    following_count: int
    post_count: int
    reel_count: int
    mutual_follower_count: int
    is_followed_by_self: bool
    has_requested_you: bool
    is_muted: bool
    is_close_friend: bool
    has_story: bool
    notify_stories: bool
    created_at: str


class OwnProfile(Profile):
    """Shape Profile, as its owner sees it."""

    email: str
    email_verified: bool
    date_of_birth: str | None
    role: str
    profile_complete: bool
    has_password: bool
    two_factor_enabled: bool
    pending_email: str | None
    unread_notification_count: int
    verification_status: str  # none | pending | approved | rejected
    privacy: Privacy


def profile_of(user: User, viewer: Caller, relation: Relation) -> Profile:
    """The profile of another person, as the viewer sees it."""
    calls: list[Callable[[], Any]] = [
        lambda: author_stats(user.user_id),
        lambda: mutual_follower_count(viewer.user_id, user),
        lambda: has_story(viewer, user.user_id),
    ]
    stats, mutual, has_one = in_parallel(*calls)
    # A close friend who does not follow a private account gets a story by its id alone (no list).
    is_listed = relation.follows or not user.is_private
    return _profile(user, relation, stats, mutual, has_one and is_listed)


def own_profile(user: User, owner: Caller) -> OwnProfile:
    """The profile, as its owner sees it."""
    calls: list[Callable[[], Any]] = [
        lambda: author_stats(user.user_id),
        lambda: security_of(user.user_id),
        lambda: unread_count(user.user_id),
        lambda: has_story(owner, user.user_id),
        lambda: "approved" if user.is_verified else verification_status(user.user_id),
    ]
    stats, security, unread, has_own, verification = in_parallel(*calls)
    return {
        **_profile(user, Relation(), stats, 0, has_own),
        "email": user.email,
        "email_verified": status_without_ban(user) != "unverified",
        "date_of_birth": user.date_of_birth,
        "role": user.role,
        "profile_complete": user.date_of_birth is not None,
        "has_password": security["has_password"],
        "two_factor_enabled": security["two_factor_enabled"],
        "pending_email": security["pending_email"],
        "unread_notification_count": unread,
        "verification_status": verification,
        "privacy": privacy_of(user),
    }


def privacy_of(user: User) -> Privacy:
    """Shape Privacy."""
    return {
        "is_private": user.is_private,
        "allow_message_requests": user.allow_message_requests,
        "show_presence": user.show_presence,
        "show_read_receipts": user.show_read_receipts,
        "suggest_alt_text": user.suggest_alt_text,
    }


def _profile(
    user: User,
    relation: Relation,
    stats: tuple[int, int],
    mutual_followers: int,
    has_live_story: bool,
) -> Profile:
    posts, reels = stats
    return {
        **user_row(user, relation),
        "bio": user.bio,
        "gender": user.gender,
        "is_private": user.is_private,
        "follower_count": user.follower_count,
        "following_count": user.following_count,
        "post_count": posts,
        "reel_count": reels,
        "mutual_follower_count": mutual_followers,
        "is_followed_by_self": relation.follows,
        "has_requested_you": relation.requested_by,
        "is_muted": relation.mutes,
        "is_close_friend": relation.close_friend,
        "has_story": has_live_story,
        "notify_stories": is_notified(relation, user),
        "created_at": user.created_at,
    }
