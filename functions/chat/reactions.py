"""Reactions to messages: at most one of each member."""

from chat.message_frames import reaction_data
from chat.models import Message
from chat.recipients import by_reactions, reached_sockets
from chat.shapes import Reaction
from chat.visible_messages import find_message
from shared.access.caller import Caller
from shared.dynamodb.tables import retry_lost_races
from shared.errors import MessageNotFound
from shared.ids import new_id
from shared.realtime.delivery import send
from shared.realtime.frames import Frame

_TRIES = 12  # many members may react to one message at the same time


def react(
    caller: Caller, message_id: str, emoji: str | None, origin: str | None = None
) -> tuple[list[Reaction], Frame, bool]:
    """Set or (None) remove the caller's reaction, and push `message_reaction` to the sockets of
    the members who may see the message, except `origin`.

    Returns the reactions that the caller is shown, the frame, and whether anything changed. Raises
    `MessageNotFound`.
    """
    view, message = find_message(message_id, caller.user_id)
    room = view.room
    stored, has_changed = retry_lost_races(
        lambda: _set(message, caller.user_id, emoji), tries=_TRIES
    )
    frame_id = stored.reaction_id if has_changed else None

    def frame(shown: list[Reaction]) -> Frame:
        data = {**reaction_data(stored, caller.user_id), "reactions": shown}
        return Frame("message_reaction", data, frame_id)

    if has_changed:
        sockets = reached_sockets(
            room, caller.user_id, message_id, origin, view.blocked, message.sender_id
        )
        for group, shown in by_reactions(room, sockets, stored.reactions):
            send(group, frame(shown))
    own = [each for each in stored.reactions if each["user_id"] not in view.blocked]
    return own, frame(own), has_changed


def _set(message: Message, user_id: str, emoji: str | None) -> tuple[Message, bool]:
    """Raises `ConditionFailed` if others reacted in the meantime."""
    stored = Message.find(message.conversation_id, message.message_id, consistent=True)
    if stored is None or stored.removed_by:
        raise MessageNotFound
    before: list[Reaction] = stored.reactions
    own = [each["emoji"] for each in before if each["user_id"] == user_id]
    if own == ([emoji] if emoji else []):
        return stored, False
    after = without(before, user_id)
    if emoji:
        after.append({"user_id": user_id, "emoji": emoji})
    stored.change(
        Message.reactions.set(after),
        Message.reaction_id.set(new_id()),
        condition=Message.reactions == before,
    )
    return stored, True


def without(reactions: list[Reaction], user_id: str) -> list[Reaction]:
    """The reactions of all but this user."""
    return [each for each in reactions if each["user_id"] != user_id]
