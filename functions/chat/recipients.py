"""Who gets the frames that a member's doings cause."""

from chat.models import Conversation


def recipients(room: Conversation, actor_id: str) -> list[str]:
    """The members who get a frame of what `actor_id` did in the room: all of them, the actor too.
    (Between the two of a one-to-one there is no block, or the actor could not have done it.)"""
    return room.member_ids()
