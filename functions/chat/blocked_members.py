"""Blocks between members: a one-to-one is hidden from both, in a group both stay members.

In a group neither is shown anything that the other does there: messages, reactions, typing, read
positions, coming and going. Each learns that somebody blocked is among the members, not who.
"""

from collections.abc import Iterable

from chat.models import Conversation
from users.public import blocked_among


def blocked_members(room: Conversation, user_id: str) -> frozenset[str]:
    """The members between whom and this one there is a block, in either direction."""
    return blocked_among(user_id, room.member_ids())


def blocks_of(room: Conversation, user_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """For each of these people, the members between whom and them there is a block."""
    return {user_id: blocked_members(room, user_id) for user_id in dict.fromkeys(user_ids)}


def recipients(room: Conversation, actor_id: str, about: str | None = None) -> list[str]:
    """The members who get a frame of what this one does: all without a block between, and, if it is
    about a message, who joined before it."""
    blocked = blocked_members(room, actor_id)
    return [
        member["user_id"]
        for member in room.members
        if member["user_id"] not in blocked
        and (about is None or about > member.get("hidden_to", ""))
    ]
