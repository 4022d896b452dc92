"""Beginning and ending to follow: an edge and its mirror, changed together.

No transaction touches a User item, so that a storm of followers meets nobody else's write; the
stream of the edges counts them.
"""

from shared.caller import Caller
from shared.clock import timestamp
from shared.errors import AlreadyFollowing, UserNotFound
from shared.tables import Transaction, transaction
from users.models import EdgeKind, Relationship, User, edge

_ENDED = False
_MIRRORS: dict[EdgeKind, EdgeKind] = {"follows": "followed_by", "requested": "requested_by"}


def begin(follower: Caller, followed: User) -> Relationship:
    """Follow a public account, or ask to follow a private one; return the edge that was made.

    Raises `AlreadyFollowing` (also while a request waits), and `UserNotFound` where one blocks the
    other. An edge that had ended becomes active again.
    """
    kind: EdgeKind = "requested" if followed.is_private else "follows"
    other: EdgeKind = "follows" if followed.is_private else "requested"
    made = Relationship(
        follower.user_id,
        edge(kind, followed.user_id),
        username=follower.username,
        since=timestamp(),
        celebrity_id=followed.user_id if kind == "follows" and followed.celebrity_since else None,
    )
    with transaction() as write:
        for block in ("blocks", "blocked_by"):
            _require_none(write, made, edge(block, followed.user_id), UserNotFound())
        _require_none(write, made, edge(other, followed.user_id), AlreadyFollowing())
        _activate(write, made, AlreadyFollowing())
        _activate(write, _mirror(made), None)
    return made


def end(edge_of_follower: Relationship) -> None:
    """End an edge `follows` or `requested` and its mirror; raises `ConditionFailed` if it has ended
    already."""
    _deactivate(edge_of_follower)


def _activate(write: Transaction, item: Relationship, otherwise: Exception | None) -> None:
    write.update(
        Relationship(item.user_id, item.edge),
        Relationship.is_active.set(True),
        Relationship.username.set(item.username),
        Relationship.since.set(item.since),
        Relationship.updated_at.set(item.since),
        Relationship.celebrity_id.set(item.celebrity_id)
        if item.celebrity_id
        else Relationship.celebrity_id.remove(),
        condition=_is_ended() if otherwise else None,
        otherwise=otherwise,
    )


def _deactivate(item: Relationship) -> None:
    with transaction() as write:
        for each in (item, _mirror(item)):
            write.update(
                Relationship(each.user_id, each.edge),
                Relationship.is_active.set(False),
                Relationship.updated_at.set(timestamp()),
                Relationship.celebrity_id.remove(),
                condition=Relationship.is_active == True,
            )
