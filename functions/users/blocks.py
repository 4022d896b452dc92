"""Blocking: one transaction that ends all that was between two people."""

from typing import TypedDict

from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import (
    ConditionFailed,
    Key,
    read_items,
    retry_lost_races,
    transaction,
)
from users.edge_writes import begin_edge, end_edge, has_ended, require_ended
from users.models import EdgeKind, Relationship, edge
from users.private_lists import shrink

# As the blocker has them; what two people share ends with its mirror.
_ENDS: tuple[EdgeKind, ...] = (
    "follows",
    "followed_by",
    "requested",
    "requested_by",
    "close_friend",
)
_TRIES = 8  # while the two change what is between them


class BlockAnswer(TypedDict):
    """Whether the caller blocks the account now."""

    message: str
    is_blocked: bool


def block(blocker: Caller, blocked_id: str) -> None:
    """Block somebody: follows and requests end both ways, and so do entries of close friends.
    Again changes nothing."""
    # Something between the two may change after it was read.
    retry_lost_races(lambda: _block(blocker, blocked_id), tries=_TRIES)


def unblock(blocker_id: str, blocked_id: str) -> None:
    """End a block, if there is one; what it ended stays ended."""
    try:
        with transaction() as write:
            end_edge(write, Relationship(blocker_id, edge("blocks", blocked_id)))
    except ConditionFailed:
        return


def _block(blocker: Caller, blocked_id: str) -> None:
    me, other = blocker.user_id, blocked_id
    sides: list[tuple[str, EdgeKind, str]] = [(me, kind, other) for kind in _ENDS]
    sides.append((other, "close_friend", me))
    made = Relationship(me, edge("blocks", other), username=blocker.username, since=timestamp())
    found = read_items(
        [(Relationship, me, made.edge), *(_key(*side) for side in sides)], consistent=True
    )
    there = found.get(Relationship, me, made.edge)
    if there is not None and there.is_active:
        return
    with transaction() as write:
        begin_edge(write, made, has_ended())
        for side in sides:
            item = found.at(_key(*side))
            if item is None or not item.is_active:
                # Nor may it begin in the meantime.
                require_ended(write, *side)
                continue
            end_edge(write, item)
            if side[1] == "close_friend":
                shrink(write, side[0], "close_friend")


def _key(user_id: str, kind: EdgeKind, other: str) -> Key:
    return (Relationship, user_id, edge(kind, other))
