"""Writing edges: both sides of one begin and end in the same transaction.

No transaction touches a User item, so that a storm of followers never waits for another's write;
the stream of the edges counts them.
"""

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from shared.clock import timestamp
from shared.dynamodb.tables import Transaction
from users.edges import BLOCKS, other_id
from users.models import EdgeKind, Relationship, edge, kind_of, listed

# The same edge as the other person has it. Other kinds have one side: nobody else may see them.
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
    """Make an edge active from `item.since` on, whether it is new or had ended."""
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
    """End an edge, now or `at` a time, with more `actions` on its own side; `write.send()` raises
    `otherwise` (else `ConditionFailed`) if it is not active."""
    moment = at or timestamp()
    _deactivate(write, item, moment, *actions, condition=_is_active(True), otherwise=otherwise)
    other_side = mirror(item)
    if other_side:
        _deactivate(write, other_side, moment)


def require_ended(
    write: Transaction, user_id: str, kind: EdgeKind, other: str, otherwise: Exception | None = None
) -> None:
    """Require that there is no such edge, or not any more."""
    condition = has_ended()
    write.check(Relationship, user_id, edge(kind, other), condition=condition, otherwise=otherwise)


def require_no_block(write: Transaction, user_id: str, other: str, otherwise: Exception) -> None:
    """Require that neither of the two blocks the other."""
    for kind in BLOCKS:
        require_ended(write, user_id, kind, other, otherwise)


def has_ended() -> Condition:
    """The condition that an edge is not there, or not any more."""
    ended: Condition = Relationship.edge.does_not_exist() | _is_active(False)
    return ended


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
        Relationship.listed.set(listed(kind_of(item), item.since)),
        Relationship.updated_at.set(item.since),
        Relationship.approved_by.remove(),
        mark.set(item.celebrity_id) if item.celebrity_id else mark.remove(),
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
        *actions,
        condition=condition,
        otherwise=otherwise,
    )


def _is_active(value: bool) -> Condition:
    return Relationship.is_active == value


def mirror(item: Relationship) -> Relationship | None:
    """The same edge as the other person has it; None where nobody else has."""
    kind = _MIRRORS.get(kind_of(item))
    if kind is None:
        return None
    mirrored = edge(kind, item.user_id)
    return Relationship(other_id(item), mirrored, username=item.username, since=item.since)
