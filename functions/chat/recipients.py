"""Who gets the frames that a member's doings cause."""

from collections.abc import Iterable, Sequence

from chat.blocked_members import blocked_members, blocks_of
from chat.models import Conversation
from chat.shapes import Reaction


def recipients(
    room: Conversation,
    actor_id: str,
    about: str | None = None,
    blocked: frozenset[str] | None = None,
) -> list[str]:
    """The members who get a frame of what `actor_id` did in the room, the actor too: all without a
    block between (`blocked`, if that was read before); if it is `about` a message, only those who
    have been members since then."""
    if blocked is None:
        blocked = blocked_members(room, actor_id) if room.is_group else frozenset()
    return [
        member["user_id"]
        for member in room.members
        if member["user_id"] not in blocked
        and (about is None or about > member.get("hidden_to", ""))
    ]


def by_reactions(
    room: Conversation, readers: Iterable[str], reactions: Sequence[Reaction]
) -> list[tuple[list[str], list[Reaction]]]:
    """The readers in groups that are shown the same of these reactions, each with what it is
    shown: no reaction of a person with a block between."""
    reactors = [each["user_id"] for each in reactions]
    blocks = blocks_of(room, reactors) if room.is_group else {}
    groups: dict[frozenset[str], list[str]] = {}
    for reader in readers:
        hidden = frozenset(each for each, blocked in blocks.items() if reader in blocked)
        groups.setdefault(hidden, []).append(reader)
    return [
        (group, [each for each in reactions if each["user_id"] not in hidden])
        for hidden, group in groups.items()
    ]
