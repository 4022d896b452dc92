"""Follows: begin and end one, and ask to follow."""

from typing import TypedDict

from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import read_items, retry_lost_races, transaction
from shared.errors import AlreadyFollowing, UserNotFound
from users.edge_writes import begin_edge, end_edge, has_ended, require_ended, require_no_block
from users.models import EdgeKind, Relationship, User, edge

_TRIES = 4  # because the other person may change the same edge at the same time


class FollowAnswer(TypedDict):
    """The caller's relation to the account after the change."""

    message: str
    follow_status: str
    follower_count: int


class Done(TypedDict):
    """The change is in effect, whether or not it was before."""

    message: str


class SocialHubFollow(TypedDict):
    """Shape S.Follow."""

    followerId: str
    followingId: str
    isActive: bool
    status: str  # active | pending | inactive
    createdAt: str


class SocialHubFollowAnswer(TypedDict):
    """The caller's relation to the account after the change, for SocialHub."""

    message: str
    follow: SocialHubFollow


def begin(follower: Caller, followed: User, *, notify_stories: bool | None = None) -> Relationship:
    """Follow a public account, or ask to follow a private one; return the new edge.
    `notify_stories` is the switch of `story_notifications` (None: the default).

    Raises `AlreadyFollowing` (also while a request is pending), and `UserNotFound` if one blocks
    the other. An edge that had ended becomes active again.
    """
    kind: EdgeKind = "requested" if followed.is_private else "follows"
    other: EdgeKind = "follows" if followed.is_private else "requested"
    new = new_edge(
        kind, follower.user_id, follower.username, followed, notify_stories=notify_stories
    )
    with transaction() as write:
        require_no_block(write, follower.user_id, followed.user_id, UserNotFound())
        require_ended(write, follower.user_id, other, followed.user_id, AlreadyFollowing())
        begin_edge(write, new, has_ended(), AlreadyFollowing())
    return new


def end(
    follower_id: str, followed_id: str, kinds: tuple[EdgeKind, ...] = ("follows", "requested")
) -> tuple[Relationship | None, bool]:
    """End a follow, or withdraw the request; return the edge, and whether it was still active."""
    keys = [(Relationship, follower_id, edge(kind, followed_id)) for kind in kinds]

    def end_active() -> tuple[Relationship | None, bool]:
        found = read_items(keys, consistent=True)
        active = next((each for each in found.of(Relationship) if each.is_active), None)
        if active is None:
            return found.get(*keys[0]), False
        with transaction() as write:
            end_edge(write, active)
        return active, True

    # The edge may end after it was read, or the request may be approved.
    return retry_lost_races(end_active, tries=_TRIES)


def new_edge(
    kind: EdgeKind,
    follower_id: str,
    follower_username: str,
    followed: User,
    *,
    notify_stories: bool | None = None,
) -> Relationship:
    """The edge of a new follower. Following a celebrity is marked (see `celebrities`)."""
    is_marked = kind == "follows" and followed.celebrity_since is not None
    return Relationship(
        follower_id,
        edge(kind, followed.user_id),
        username=follower_username,
        celebrity_id=followed.user_id if is_marked else None,
        notify_stories=notify_stories,
        notified_by=followed.user_id if notify_stories and kind == "follows" else None,
        since=timestamp(),
    )


def socialhub_follow(
    follower_id: str, followed_id: str, status: str, since: str
) -> SocialHubFollow:
    """Shape S.Follow."""
    return {
        "followerId": follower_id,
        "followingId": followed_id,
        "isActive": status == "active",
        "status": status,
        "createdAt": since,
    }
