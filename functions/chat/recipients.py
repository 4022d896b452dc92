"""Who gets the frames that a member's doings cause."""

from collections.abc import Callable, Sequence, Set
from typing import Any

from chat.blocked_members import blocked_members, blocks_of
from chat.models import Conversation, InboxRow
from chat.shapes import Reaction
from shared.dynamodb.tables import Found, Key, in_parallel, read_items
from shared.realtime.allowed_sockets import still_allowed
from shared.realtime.sockets import Connection, stored_sockets


def recipients(
    room: Conversation,
    actor_id: str,
    about: str | None = None,
    blocked: frozenset[str] | None = None,
    sender_id: str | None = None,
) -> list[str]:
    """The members who get a frame of what `actor_id` did in the room, the actor too: all without a
    block between (`blocked`, if that was read before); if it is `about` a message, only those who
    have been members since then, and have no block with its sender either."""
    if blocked is None:
        blocked = blocked_members(room, actor_id) if room.is_group else frozenset()
    if room.is_group and sender_id and sender_id != actor_id:
        blocked = (blocked | blocked_members(room, sender_id)) - {actor_id}
    return [
        member["user_id"]
        for member in room.members
        if member["user_id"] not in blocked
        and (about is None or about > member.get("hidden_to", ""))
    ]


def reached_sockets(
    room: Conversation,
    actor_id: str,
    message_id: str,
    but: str | None = None,
    blocked: frozenset[str] | None = None,
    sender_id: str | None = None,
) -> list[Connection]:
    """The open sockets, except `but`, of the `recipients` of what `actor_id` did to a message
    (of `sender_id`, if another's): without those who have hidden the message."""
    opened = stored_sockets(recipients(room, actor_id, message_id, blocked, sender_id))
    room_id = room.conversation_id
    keys: list[Key] = [(InboxRow, each.user_id, room_id) for each in opened]
    calls: list[Callable[[], Any]] = [
        lambda: read_items(keys, consistent=True),  # first: it may make parallel calls itself
        lambda: still_allowed(opened),
    ]
    found, allowed = in_parallel(*calls) if opened else (Found(), [])
    hidden = {row.user_id: row.hidden_to or "" for row in found.of(InboxRow)}
    return [
        each
        for each in allowed
        if each.connection_id != but and message_id > hidden.get(each.user_id, "")
    ]


def by_reactions(
    room: Conversation, sockets: Sequence[Connection], reactions: Sequence[Reaction]
) -> list[tuple[list[Connection], list[Reaction]]]:
    """The sockets in groups that are shown the same of these reactions, each with what it is
    shown: no reaction of a person with a block between."""
    readers = {each.user_id for each in sockets}
    reactors = {each["user_id"] for each in reactions}
    hidden = _blocks_between(room, readers, reactors) if room.is_group else {}
    groups: dict[frozenset[str], list[Connection]] = {}
    for socket in sockets:
        groups.setdefault(hidden.get(socket.user_id, frozenset()), []).append(socket)
    return [
        (group, [each for each in reactions if each["user_id"] not in unseen])
        for unseen, group in groups.items()
    ]


def _blocks_between(
    room: Conversation, readers: Set[str], reactors: Set[str]
) -> dict[str, frozenset[str]]:
    """For each of these readers, the reactors with a block between: one query for each of the
    fewer, as a block is between both."""
    if len(readers) <= len(reactors):
        return {each: blocked & reactors for each, blocked in blocks_of(room, readers).items()}
    blocks = blocks_of(room, reactors)
    return {
        reader: frozenset(each for each, blocked in blocks.items() if reader in blocked)
        for reader in readers
    }
