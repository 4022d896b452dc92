"""Streams of conversations, messages and inboxes: update the members' inboxes, log the frames of
messages, publish message.sent, message.deleted, message.received and conversation.read."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chat.group_clean_up import clear_deleted
from chat.inbox import Arrival, count_messages
from chat.inbox_rows import ensure_rows
from chat.message_log import log_changes
from chat.models import Conversation, InboxRow, Message
from shared.clock import seconds
from shared.dynamodb.changes import Change
from shared.dynamodb.tables import read_items
from shared.events.chat import ConversationRead, MessageDeleted, MessageReceived, MessageSent
from shared.ids import time_of
from shared.messaging.streams import stream

_AT_ONCE = 2.5  # seconds; half of the delay of the queue notifications-message-received

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
    for change in filter(None, map(_as_seen, changes)):
        of_rooms.setdefault(change.item.conversation_id, []).append(change)
        if change.is_created or change.is_removed:
            message = change.item
            arrivals.setdefault(message.conversation_id, []).append(
                Arrival(
                    change,
                    message.message_id,
                    message.sender_id,
                    message.created_at,
                    change.is_removed,
                    message.system is not None,
                )
            )
    # Consistently: a group and its newcomers are written with the message that reports them.
    found = read_items(((Conversation, each) for each in of_rooms), consistent=True)
    rooms = [*found.of(Conversation)]
    count_messages(
        (room, arrivals[room.conversation_id]) for room in rooms if room.conversation_id in arrivals
    )
    log_changes([(room, of_rooms[room.conversation_id]) for room in rooms])


@app.publishes(Message)
def message_events(
    change: Change[Message],
) -> Iterator[tuple[str, MessageSent | MessageDeleted]]:
    """Publish message.sent or message.deleted: without uploads when it is hidden, with them when it
    is gone."""
    message = change.item
    ids = (message.message_id, message.conversation_id, message.sender_id)
    if change.is_created and not message.system:
        yield message.sender_id, MessageSent(*ids, message.sender_username)
    if change.is_removed:
        shown = [message.media["upload_id"]] if message.media else []
        yield message.sender_id, MessageDeleted(*ids, shown)
    elif message.removed_by and change.changed("removed_by"):
        yield message.sender_id, MessageDeleted(*ids, [])


def _as_seen(change: Change[Message]) -> Change[Message] | None:
    """The change as members see it: a message that an administrator removed is not there."""
    old, new = (each if each and not each.removed_by else None for each in (change.old, change.new))
    return replace(change, old=old, new=new) if old or new else None


@app.publishes(InboxRow)
def reading_events(
    change: Change[InboxRow],
) -> Iterator[tuple[str, MessageReceived | ConversationRead]]:
    """Publish message.received when a member's unread messages begin, conversation.read when there
    are none any more, however many came in between.

    A message that is read at once, as by someone who looks at the conversation, is not announced:
    the queue of message.received waits longer than `_AT_ONCE`, and its consumer reads this row.
    """
    old, new = change.old, change.new
    before, after = old and old.unread_since, new and new.unread_since
    if old and before and before != after and old.folder == "inbox":
        ids = (old.user_id, old.conversation_id, before, old.unread_from)
        if seconds(change.occurred_at) - time_of(before) > _AT_ONCE:
            yield old.user_id, ConversationRead(*ids)
    if new and after and before != after and new.announces(after):
        ids = (new.user_id, new.conversation_id, after, new.unread_from)
        yield new.unread_from, MessageReceived(*ids)
