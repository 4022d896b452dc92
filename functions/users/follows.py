"""Beginning and ending to follow: an edge and its mirror, changed together.

No transaction touches a User item, so that a storm of followers never waits for another's write;
the stream of the edges counts them.
"""

from typing import Any, TypedDict

from pynamodb.expressions.condition import Condition

from shared.caller import Caller
from shared.clock import timestamp
from shared.errors import AlreadyFollowing, UserNotFound
from shared.tables import ConditionFailed, Transaction, read_items, transaction
from users.edges import BLOCKS, other_id
from users.models import EdgeKind, Relationship, User, edge, kind_of

_MIRRORS: dict[EdgeKind, EdgeKind] = {"follows": "followed_by", "requested": "requested_by"}


class FollowAnswer(TypedDict):
    """How the caller stands to the account now."""

    message: str
    follow_status: str
    follower_count: int


class SocialHubFollow(TypedDict):
    """Shape S.Follow."""

    followerId: str
    followingId: str
    isActive: bool
    status: str  # active | pending | inactive
    createdAt: str


class SocialHubFollowAnswer(TypedDict):
    """How the caller stands to the account now, for SocialHub."""

    message: str
    follow: SocialHubFollow


def begin(follower: Caller, followed: User) -> Relationship:
    """Follow a public account, or ask to follow a private one; return the edge that was made.

    Raises `AlreadyFollowing` (also while a request waits), and `UserNotFound` where one blocks the
    other. An edge that had ended becomes active again.
    """
    kind: EdgeKind = "requested" if followed.is_private else "follows"
    other: EdgeKind = "follows" if followed.is_private else "requested"
    made = new_edge(kind, follower, followed)
    with transaction() as write:
        for block in BLOCKS:
            _require_ended(write, made, edge(block, followed.user_id), UserNotFound())
        _require_ended(write, made, edge(other, followed.user_id), AlreadyFollowing())
        _activate(write, made, _has_ended(), AlreadyFollowing())
        _activate(write, _mirror(made))
    return made


def end(follower_id: str, followed_id: str) -> tuple[Relationship | None, bool]:
    """End to follow, or withdraw the request; return the edge, and whether it was still there."""
    keys = [
        (Relationship, follower_id, edge("follows", followed_id)),
        (Relationship, follower_id, edge("requested", followed_id)),
    ]
    found: dict[Any, Relationship] = read_items(keys, consistent=True)
    active = next((each for each in found.values() if each.is_active), None)
    if active is None:
        return found.get(keys[0]), False
    try:
        with transaction() as write:
            _deactivate(write, active, _is_active(True))
            _deactivate(write, _mirror(active))
    except ConditionFailed:  # another call of theirs was faster
        return active, False
    return active, True


def new_edge(kind: EdgeKind, follower: Caller, followed: User) -> Relationship:
    """The edge of a follower, from now on. Following a celebrity is marked (`celebrities`)."""
    is_marked = kind == "follows" and followed.celebrity_since is not None
    return Relationship(
        follower.user_id,
        edge(kind, followed.user_id),
        username=follower.username,
        celebrity_id=followed.user_id if is_marked else None,
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


def _activate(
    write: Transaction,
    item: Relationship,
    condition: Condition | None = None,
    otherwise: Exception | None = None,
) -> None:
    mark = Relationship.celebrity_id
    write.update(
        Relationship(item.user_id, item.edge),
        Relationship.is_active.set(True),
        Relationship.username.set(item.username),
        Relationship.since.set(item.since),
        Relationship.updated_at.set(item.since),
        mark.set(item.celebrity_id) if item.celebrity_id else mark.remove(),
        condition=condition,
        otherwise=otherwise,
    )


def _deactivate(write: Transaction, item: Relationship, condition: Condition | None = None) -> None:
    write.update(
        Relationship(item.user_id, item.edge),
        Relationship.is_active.set(False),
        Relationship.updated_at.set(timestamp()),
        Relationship.celebrity_id.remove(),
        condition=condition,
    )


def _require_ended(write: Transaction, of: Relationship, other: str, error: Exception) -> None:
    write.check(Relationship, of.user_id, other, condition=_has_ended(), otherwise=error)


def _has_ended() -> Condition:
    has_ended: Condition = Relationship.edge.does_not_exist() | _is_active(False)
    return has_ended


def _is_active(value: bool) -> Condition:
    return Relationship.is_active == value


def _mirror(item: Relationship) -> Relationship:
    """The same edge as the other person has it."""
    mirrored = edge(_MIRRORS[kind_of(item)], item.user_id)
    return Relationship(other_id(item), mirrored, username=item.username, since=item.since)
