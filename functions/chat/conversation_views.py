"""Conversations with their participants and last messages, as one member sees them."""

from collections.abc import Callable, Container, Sequence
from typing import Any

from chat.message_views import message_shapes, stories_in
from chat.models import Conversation, InboxRow, Member, Message
from chat.rooms import hidden_to
from chat.shapes import ConversationShape, conversation_shape, participant_shape, people_of
from shared.dynamodb.tables import Key, in_parallel, read_items
from shared.errors import ConversationNotFound
from users.public import blocked_among, find_users

_SHOWN_IN_LISTS = 20


def conversation_shapes(
    viewer_id: str,
    rooms: Sequence[tuple[Conversation, InboxRow]],
    most_participants: int = _SHOWN_IN_LISTS,
) -> list[ConversationShape]:
    """The shapes of `rooms`, in their order, without the one-to-ones in which one blocks the
    other."""
    everybody = {each for room, _ in rooms for each in (*room.member_ids(), room.creator_id)}
    keys: list[Key] = []
    for room, row in rooms:
        if row.last_message_id:
            keys.append((Message, room.conversation_id, row.last_message_id))
        keys += [
            (InboxRow, member["user_id"], room.conversation_id)
            for member in _first(room.members, viewer_id, most_participants)
        ]
    calls: list[Callable[[], Any]] = [
        lambda: read_items(keys),
        lambda: find_users({row_key[1] for row_key in keys if row_key[0] is InboxRow}),
        lambda: blocked_among(viewer_id, everybody),
    ]
    items, people, blocked = in_parallel(*calls)
    visible = [
        last
        for room, row in rooms
        if (last := items.get(Message, room.conversation_id, row.last_message_id))
        and not last.removed_by
        and last.sender_id not in blocked
        and last.message_id > hidden_to(room, row, viewer_id)
    ]
    last_shapes = {
        (shape["conversation_id"], shape["id"]): shape
        for shape in message_shapes(visible, blocked, people, stories_in(viewer_id, visible))
    }

    def shape(room: Conversation, row: InboxRow) -> ConversationShape:
        shown = _first(room.members, viewer_id, most_participants, blocked)
        hidden = hidden_to(room, row, viewer_id)
        participants = [
            participant_shape(
                member,
                user,
                items.get(InboxRow, user.user_id, room.conversation_id),
                viewer_id,
                hidden,
            )
            for member, user in people_of(people, shown)
        ]
        last = last_shapes.get((room.conversation_id, row.last_message_id or ""))
        here = blocked.intersection([*room.member_ids(), room.creator_id])
        return conversation_shape(room, row, participants, last, here)

    return [
        shape(room, row)
        for room, row in rooms
        if room.is_group or blocked.isdisjoint(room.member_ids())
    ]


def whole_shape(room: Conversation, row: InboxRow) -> ConversationShape:
    """The shape of one conversation with all its participants, as the member whose `row` it is sees
    it. Raises `ConversationNotFound` if it is a one-to-one in which one blocks the other."""
    shapes = conversation_shapes(row.user_id, [(room, row)], len(room.members))
    if not shapes:
        raise ConversationNotFound
    return shapes[0]


def _first(
    members: Sequence[Member], viewer_id: str, most: int, blocked: Container[str] = ()
) -> list[Member]:
    """The viewer and the first other members, `most` in all, without the blocked ones of these."""
    own = [member for member in members if member["user_id"] == viewer_id]
    others = [member for member in members if member["user_id"] != viewer_id]
    shown = (own + others)[:most]
    return [member for member in shown if member["user_id"] not in blocked]
