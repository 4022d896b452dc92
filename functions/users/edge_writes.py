"""Edge writes: begin and end both sides of an edge in one transaction.

No transaction touches a User item, so many people can follow one account at once without waiting
for each other; the stream of the edges counts them.
"""

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from shared.clock import timestamp
from shared.dynamodb.tables import Transaction
from users.edges import BLOCKS, other_id
from users.models import EdgeKind, Relationship, edge, kind_of, listed

# The kind of an edge's other side. The kinds that are missing here are private and have one side.
_MIRRORS: dict[EdgeKind, EdgeKind] = {
    "follows": "followed_by",
    "followed_by": "follows",
    "requested": "requested_by",
    "requested_by": "requested",
    "blocks": "blocked_by",
    "blocked_by": "blocks",
}


def begin_edge(
    write: Transaction,
    item: Relationship,
    condition: Condition | None = None,
    otherwise: Exception | None = None,
) -> None:
    """Make a new or ended edge active from `item.since` on."""
    _activate(write, item, condition, otherwise)
    other_side = mirror(item)
    if other_side:
        _activate(write, other_side)


def end_edge(
    write: Transaction,
    item: Relationship,
    *actions: Action,
    at: str | None = None,
    otherwise: Exception | None = None,
) -> None:
    """End an edge, now or `at` a time, with more `actions` on its own side.

    `write.send()` raises `otherwise` (by default `ConditionFailed`) if the edge is not active.
    """
    moment = at or timestamp()
    _deactivate(write, item, moment, *actions, condition=_is_active(True), otherwise=otherwise)
    other_side = mirror(item)
    if other_side:
        _deactivate(write, other_side, moment)


def require_ended(
    write: Transaction, user_id: str, kind: EdgeKind, other: str, otherwise: Exception | None = None
) -> None:
    """Require that the edge does not exist or has ended."""
    condition = has_ended()
    write.check(Relationship, user_id, edge(kind, other), condition=condition, otherwise=otherwise)


def require_no_block(write: Transaction, user_id: str, other: str, otherwise: Exception) -> None:
    """Require that neither of the two blocks the other."""
    for kind in BLOCKS:
        require_ended(write, user_id, kind, other, otherwise)


def has_ended() -> Condition:
    """The condition that an edge does not exist or has ended."""
    ended: Condition = Relationship.edge.does_not_exist() | _is_active(False)
    return ended


def mirror(item: Relationship) -> Relationship | None:
    """The other side of an edge, None if it has only one."""
    kind = _MIRRORS.get(kind_of(item))
    if kind is None:
        return None
    mirrored = edge(kind, item.user_id)
    return Relationship(other_id(item), mirrored, username=item.username, since=item.since)


def _activate(
    write: Transaction,
    item: Relationship,
    condition: Condition | None = None,
    otherwise: Exception | None = None,
) -> None:
    mark, switch, notified = (
        Relationship.celebrity_id,
        Relationship.notify_stories,
        Relationship.notified_by,
    )
    chosen: bool | None = item.notify_stories
    write.update(
        Relationship(item.user_id, item.edge),
        Relationship.is_active.set(True),
        Relationship.username.set(item.username),
        Relationship.since.set(item.since),
        Relationship.listed.set(listed(kind_of(item), item.since)),
        Relationship.updated_at.set(item.since),
        Relationship.approved_by.remove(),
        mark.set(item.celebrity_id) if item.celebrity_id else mark.remove(),
        switch.remove() if chosen is None else switch.set(chosen),
        notified.set(item.notified_by) if item.notified_by else notified.remove(),
        condition=condition,
        otherwise=otherwise,
    )


def _deactivate(
    write: Transaction,
    item: Relationship,
    moment: str,
    *actions: Action,
    condition: Condition | None = None,
    otherwise: Exception | None = None,
) -> None:
    write.update(
        Relationship(item.user_id, item.edge),
        Relationship.is_active.set(False),
        Relationship.updated_at.set(moment),
        Relationship.listed.remove(),
        Relationship.celebrity_id.remove(),
        Relationship.notified_by.remove(),
        *actions,
        condition=condition,
        otherwise=otherwise,
    )


def _is_active(value: bool) -> Condition:
    return Relationship.is_active == value
