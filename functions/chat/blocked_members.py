"""Blocks between members: a one-to-one is hidden from both, in a group both stay members.

In a group neither is shown anything that the other does there: messages, reactions, typing, read
positions, coming and going. Each learns that somebody blocked is among the members, not who.
"""

from collections.abc import Iterable
from functools import partial

from chat.models import Conversation
from shared.dynamodb.tables import parallel_map
from users.public import blocked_among


def blocked_members(room: Conversation, user_id: str) -> frozenset[str]:
    """The members between whom and this one there is a block, in either direction."""
    return blocked_among(user_id, room.member_ids())


def blocks_of(room: Conversation, user_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """For each of these people, the members between whom and them there is a block."""
    people = list(dict.fromkeys(user_ids))
    return dict(zip(people, parallel_map(partial(blocked_members, room), people), strict=True))
