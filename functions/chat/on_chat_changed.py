"""Streams of conversations and messages: members' inboxes, and the event `message.sent`."""

from collections.abc import Iterator, Sequence

from chat.inbox import Arrival, open_rows, take_in
from chat.models import Conversation, Message
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import read_items
from shared.events.chat import MessageSent
from shared.messaging.streams import stream

_DIGITS = 40  # the most that a sequence number has

app = stream("chat")


@app.react(Conversation)
def show_new_groups(changes: Sequence[Change[Conversation]]) -> None:
    """A new group is in every member's list at once; a one-to-one when something is written."""
    for change in changes:
        if change.is_created and change.item.is_group:
            open_rows(change.item)


@app.react(Message)
def take_in_messages(changes: Sequence[Change[Message]]) -> None:
    """A new message moves its conversation up in the members' lists, and counts as unread."""
    arrivals: dict[str, list[Arrival]] = {}
    for change in changes:
        if change.is_created:
            message = change.item
            arrivals.setdefault(message.conversation_id, []).append(
                Arrival(
                    change.sequence.zfill(_DIGITS),
                    message.message_id,
                    message.sender_id,
                    message.created_at,
                )
            )
    rooms = read_items((Conversation, conversation_id) for conversation_id in arrivals)
    for room in rooms.of(Conversation):
        take_in(room, arrivals[room.conversation_id])


@app.publishes(Message)
def sent_messages(change: Change[Message]) -> Iterator[tuple[str, MessageSent]]:
    """A message was sent."""
    if change.is_created:
        message = change.item
        yield (
            message.sender_id,
            MessageSent(
                message.message_id,
                message.conversation_id,
                message.sender_id,
                message.sender_username,
            ),
        )
