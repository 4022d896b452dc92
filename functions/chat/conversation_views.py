"""Conversations with their participants and last messages, as one member sees them."""

from collections.abc import Callable, Sequence
from typing import Any

from chat.models import Conversation, InboxRow, Member, Message
from chat.rooms import other_of
from chat.shapes import (
    ConversationShape,
    conversation_shape,
    message_shape,
    participant_shape,
    people_of,
)
from shared.dynamodb.tables import Key, in_parallel, read_items
from users.public import find_users, relation_from, relation_keys

_SHOWN_IN_LISTS = 20


def conversation_shapes(
    viewer_id: str,
    rooms: Sequence[tuple[Conversation, InboxRow]],
    most_participants: int = _SHOWN_IN_LISTS,
) -> list[ConversationShape]:
    """The shapes of `rooms`, in their order, without the one-to-ones in which one blocks the
    other."""
    shown = {
        room.conversation_id: _first(room.members, viewer_id, most_participants)
        for room, _ in rooms
    }
    keys: list[Key] = []
    for room, row in rooms:
        if row.last_message_id:
            keys.append((Message, room.conversation_id, row.last_message_id))
        keys += [
            (InboxRow, member["user_id"], room.conversation_id)
            for member in shown[room.conversation_id]
        ]
        other = other_of(room, viewer_id)
        if other:
            keys += relation_keys(viewer_id, other, ("blocks", "blocked_by"))
    participant_ids = {member["user_id"] for members in shown.values() for member in members}
    calls: list[Callable[[], Any]] = [
        lambda: read_items(keys),
        lambda: find_users(participant_ids),
    ]
    items, people = in_parallel(*calls)
    other_senders = {message.sender_id for message in items.of(Message)} - participant_ids
    if other_senders:
        people |= find_users(other_senders)

    def is_open(room: Conversation) -> bool:
        other = other_of(room, viewer_id)
        return other is None or not relation_from(items, viewer_id, other).blocked

    def shape(room: Conversation, row: InboxRow) -> ConversationShape:
        last = items.get(Message, room.conversation_id, row.last_message_id)
        participants = [
            participant_shape(
                member, user, items.get(InboxRow, user.user_id, room.conversation_id), viewer_id
            )
            for member, user in people_of(people, shown[room.conversation_id])
        ]
        return conversation_shape(
            room,
            row,
            participants,
            message_shape(last, people.get(last.sender_id)) if last else None,
        )

    return [shape(room, row) for room, row in rooms if is_open(room)]


def _first(members: Sequence[Member], viewer_id: str, most: int) -> list[Member]:
    """The viewer and the first other members, `most` in all."""
    own = [member for member in members if member["user_id"] == viewer_id]
    others = [member for member in members if member["user_id"] != viewer_id]
    return (own + others)[:most]
