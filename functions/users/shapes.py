"""The shapes of an account in answers: User, UserRow and S.User of docs/api.md."""

from typing import Annotated, TypedDict

from shared.aws.media_urls import sign_url
from shared.http.enums import one_of
from users.edges import Relation
from users.models import User


class UserShape(TypedDict):
    """Shape User."""

    id: str
    user_id: str
    username: str
    name: str
    profile_picture_url: str | None
    is_verified: bool


class UserRow(UserShape):
    """Shape UserRow: a user with the caller's relation to them."""

    follow_status: Annotated[str, one_of("none", "pending", "approved")]
    follows_you: bool


class SocialHubUser(TypedDict):
    """Shape S.User."""

    id: str
    name: str
    username: str
    avatar: str | None
    bio: str
    isVerified: bool
    isPrivate: bool
    isFollowing: bool
    followersCount: int
    followingCount: int
    postsCount: int


def picture_url(user: User) -> str | None:
    """The signed URL of the profile picture, None if there is none."""
    return sign_url(user.picture_key) if user.picture_key else None


def user_shape(user: User) -> UserShape:
    """Shape User."""
    return {
        "id": user.user_id,
        "user_id": user.user_id,
        "username": user.username,
        "name": user.name,
        "profile_picture_url": picture_url(user),
        "is_verified": user.is_verified,
    }


def user_row(user: User, relation: Relation) -> UserRow:
    """Shape UserRow; `relation` is the viewer's to `user`."""
    return {
        **user_shape(user),
        "follow_status": relation.follow_status,
        "follows_you": relation.followed_by,
    }


def socialhub_user(user: User, *, is_following: bool = False, post_count: int = 0) -> SocialHubUser:
    """Shape S.User; `is_following` is the viewer's, `post_count` counts posts and reels."""
    return {
        "id": user.user_id,
        "name": user.name,
        "username": user.username,
        "avatar": picture_url(user),
        "bio": user.bio,
        "isVerified": user.is_verified,
        "isPrivate": user.is_private,
        "isFollowing": is_following,
        "followersCount": user.follower_count,
        "followingCount": user.following_count,
        "postsCount": post_count,
    }
