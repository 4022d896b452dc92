"""Blocks: one transaction hides two people from each other and ends their other edges."""

from typing import TypedDict

from shared.access.caller import Caller
from shared.clock import timestamp
from shared.dynamodb.tables import ConditionFailed, Key, read_items, retry_lost_races, transaction
from users.edge_writes import begin_edge, end_edge, has_ended, require_ended
from users.models import EdgeKind, Relationship, edge
from users.private_lists import decrement_size

# Kinds of edges that a block ends, as the blocker has them; an edge's mirror ends with it.
_ENDED_KINDS: tuple[EdgeKind, ...] = (
    "follows",
    "followed_by",
    "requested",
    "requested_by",
    "close_friend",
)
_TRIES = 8  # because the two people may change their edges at the same time


class BlockAnswer(TypedDict):
    """Whether the caller now blocks the account."""

    message: str
    is_blocked: bool


def block(blocker: Caller, blocked_id: str) -> None:
    """Block somebody: end follows, requests and close-friend entries in both directions.

    Repeating it changes nothing.
    """
    # An edge between the two may change after it was read.
    retry_lost_races(lambda: _block(blocker, blocked_id), tries=_TRIES)


def unblock(blocker_id: str, blocked_id: str) -> None:
    """End a block, if there is one; edges that it ended stay ended."""
    try:
        with transaction() as write:
            end_edge(write, Relationship(blocker_id, edge("blocks", blocked_id)))
    except ConditionFailed:
        return


def _block(blocker: Caller, blocked_id: str) -> None:
    me, other = blocker.user_id, blocked_id
    sides: list[tuple[str, EdgeKind, str]] = [(me, kind, other) for kind in _ENDED_KINDS]
    sides.append((other, "close_friend", me))
    block_key = _key(me, "blocks", other)
    found = read_items([block_key, *(_key(*side) for side in sides)], consistent=True)
    existing = found.at(block_key)
    if existing is not None and existing.is_active:
        return
    new = Relationship(me, edge("blocks", other), username=blocker.username, since=timestamp())
    with transaction() as write:
        begin_edge(write, new, has_ended())
        for side in sides:
            item = found.at(_key(*side))
            if item is None or not item.is_active:
                # It must not begin in the meantime either.
                require_ended(write, *side)
                continue
            end_edge(write, item)
            if side[1] == "close_friend":
                decrement_size(write, side[0], "close_friend")


def _key(user_id: str, kind: EdgeKind, other: str) -> Key:
    return (Relationship, user_id, edge(kind, other))
