"""Streams of conversations and messages: update the members' inboxes, log the frames of messages,
publish message.sent and message.deleted."""

from collections.abc import Iterator, Sequence

from chat.group_clean_up import clear_deleted
from chat.inbox import Arrival, count_messages, ensure_rows
from chat.message_log import log_changes
from chat.models import Conversation, Message
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import read_items
from shared.events.chat import MessageDeleted, MessageSent
from shared.messaging.streams import stream

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
    """Move the conversation of a new message up in its members' lists, and count it as unread; take
    a removed one back. Then log the frames of all changes."""
    arrivals: dict[str, list[Arrival]] = {}
    of_rooms: dict[str, list[Change[Message]]] = {}
    for change in changes:
        of_rooms.setdefault(change.item.conversation_id, []).append(change)
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
    # Consistently: a group and its newcomers are written with the message that reports them.
    rooms = read_items(((Conversation, each) for each in of_rooms), consistent=True)
    for room in rooms.of(Conversation):
        if room.conversation_id in arrivals:
            count_messages(room, arrivals[room.conversation_id])
        log_changes(room, of_rooms[room.conversation_id])


@app.publishes(Message)
def message_events(
    change: Change[Message],
) -> Iterator[tuple[str, MessageSent | MessageDeleted]]:
    """Publish message.sent or message.deleted."""
    message = change.item
    ids = (message.message_id, message.conversation_id, message.sender_id)
    if change.is_created and not message.system:
        yield message.sender_id, MessageSent(*ids, message.sender_username)
    if change.is_removed:
        shown = [message.media["upload_id"]] if message.media else []
        yield message.sender_id, MessageDeleted(*ids, shown)
