"""Streams of conversations and messages: update the members' inboxes, publish message.sent."""

from collections.abc import Iterator, Sequence

from chat.group_clean_up import clear_deleted
from chat.inbox import Arrival, count_messages, ensure_rows
from chat.models import Conversation, Message
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import read_items, write_items
from shared.events.chat import MessageSent
from shared.messaging.streams import stream
from shared.realtime.frame_log import LoggedFrame

_DIGITS = 40  # of a sequence number, at most

app = stream("chat")


@app.react(Conversation)
def list_new_groups(changes: Sequence[Change[Conversation]]) -> None:
    """List a new group for every member, and empty a deleted one; a one-to-one is listed at its
    first message."""
    groups = [change for change in changes if change.item.is_group]
    for change in groups:
        if change.is_created:
            ensure_rows(change.item)
    clear_deleted(change.item for change in groups if change.is_removed)


@app.react(Message)
def update_inboxes(changes: Sequence[Change[Message]]) -> None:
    """Move the conversation of a new message up in its members' lists, and count it as unread;
    take a removed one back, with the frames that the members could ask for again."""
    arrivals: dict[str, list[Arrival]] = {}
    for change in changes:
        if change.is_created or change.is_removed:
            message = change.item
            arrivals.setdefault(message.conversation_id, []).append(
                Arrival(
                    change.sequence.zfill(_DIGITS),
                    message.message_id,
                    message.sender_id,
                    message.created_at,
                    change.is_removed,
                    message.system is not None,
                )
            )
    rooms = read_items((Conversation, conversation_id) for conversation_id in arrivals)
    for room in rooms.of(Conversation):
        changed = arrivals[room.conversation_id]
        removed = [each.message_id for each in changed if each.is_removed]
        write_items(
            deletes=(
                LoggedFrame(member, message_id)
                for member in room.member_ids()
                for message_id in removed
            )
        )
        count_messages(room, changed)


@app.publishes(Message)
def sent_messages(change: Change[Message]) -> Iterator[tuple[str, MessageSent]]:
    """Publish message.sent."""
    if change.is_created and not change.item.system:
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
