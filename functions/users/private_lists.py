"""Private lists, which only their owner sees: muted accounts, close friends, hidden stories.

An entry is an edge in the owner's partition, without a mirror. The size of a list is stored in the
same partition, in the item `size#<kind>`, and changes in the entry's own transaction. So a list
never holds more than `MaxPrivateList` entries, and adding somebody twice changes nothing.
"""

from typing import Literal, TypedDict

from shared.access.caller import Caller
from shared.clock import timestamp
from shared.config import config
from shared.dynamodb.tables import ConditionFailed, Transaction, retry_conflicts, transaction
from shared.errors import InvalidInput, LimitReached, UserNotFound
from users.accounts import look_up
from users.edge_targets import find_target_id
from users.edge_writes import begin_edge, end_edge, has_ended, require_no_block
from users.edges import BLOCKS
from users.models import EdgeKind, Relationship, edge

type ListKind = Literal["mutes", "close_friend", "hides_story_from"]
type ListName = Literal["muted", "close_friends", "hide_story"]

# A list's name, and the messages after adding and removing somebody.
_LISTS: dict[ListKind, tuple[ListName, str, str]] = {
    "mutes": ("muted", "Muted", "No longer muted"),
    "close_friend": ("close_friends", "Added to close friends", "Removed from close friends"),
    "hides_story_from": ("hide_story", "Stories are hidden from them", "Stories are shown to them"),
}


class Listing(TypedDict):
    """Whether an account is now on one of the caller's lists."""

    message: str
    list: ListName
    included: bool


class _AlreadyListed(Exception):
    """The entry already exists."""


def include(owner: Caller, text: str, kind: ListKind) -> Listing:
    """Add the account that `{user}` names to a list.

    Raises `UserNotFound`, `LimitReached`, and `InvalidInput` for the owner.
    """
    person, _ = look_up(text, owner, kinds=BLOCKS)
    _check_other(owner, person.user_id)
    retry_conflicts(lambda: _add(owner, person.user_id, kind))
    name, message, _ = _LISTS[kind]
    return {"message": message, "list": name, "included": True}


def exclude(owner: Caller, text: str, kind: ListKind) -> Listing:
    """Remove the account that `{user}` names from a list, even if it is hidden from the owner now.

    Raises `UserNotFound`, and `InvalidInput` for the owner.
    """
    other_id = find_target_id(text, owner, kind)
    _check_other(owner, other_id)
    retry_conflicts(lambda: _remove(owner.user_id, other_id, kind))
    name, _, message = _LISTS[kind]
    return {"message": message, "list": name, "included": False}


def decrement_size(write: Transaction, owner_id: str, kind: EdgeKind) -> None:
    """Decrement the size of a list, in the transaction that ends an entry."""
    write.update(_size(owner_id, kind), Relationship.entries.add(-1))


def _add(owner: Caller, other_id: str, kind: EdgeKind) -> None:
    entry = Relationship(
        owner.user_id, edge(kind, other_id), username=owner.username, since=timestamp()
    )
    size = Relationship.entries
    has_room = size.does_not_exist() | (size < config.limits.max_private_list)
    try:
        with transaction() as write:
            require_no_block(write, owner.user_id, other_id, UserNotFound())
            begin_edge(write, entry, has_ended(), _AlreadyListed())
            write.update(
                _size(owner.user_id, kind),
                size.add(1),
                condition=has_room,
                otherwise=LimitReached(),
            )
    except _AlreadyListed:
        return


def _remove(owner_id: str, other_id: str, kind: EdgeKind) -> None:
    try:
        with transaction() as write:
            end_edge(write, Relationship(owner_id, edge(kind, other_id)))
            decrement_size(write, owner_id, kind)
    except ConditionFailed:  # not on the list
        return


def _size(owner_id: str, kind: EdgeKind) -> Relationship:
    return Relationship(owner_id, f"size#{kind}")


def _check_other(owner: Caller, other_id: str) -> None:
    if other_id == owner.user_id:
        raise InvalidInput(("user", "You cannot be on your own list."))
