"""Rebuilding a member's row of a conversation from its messages.

What only the row knows stays: how far its member has read, what they hid, whether they muted the
conversation or left it. All else follows from the messages. The row gets a watermark of the time of
the count, so that the stream does not count them again, however late it delivers them; for that, a
conversation has to be quiet. In one that is not, the stream keeps the row, and what is unread up to
its last message is counted again.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from pynamodb.expressions.condition import Condition

from chat.inbox_rows import NOTHING_UNREAD, ensure_row
from chat.models import Conversation, InboxRow, Message
from chat.read_positions import recount_unread
from chat.rooms import View, find_view, folder_in
from shared.clock import now
from shared.dynamodb.tables import query, retry_lost_races
from shared.dynamodb.watermarks import Watermarks
from shared.errors import ConversationNotFound
from shared.ids import time_of

# Seconds between a message's id and its write, at most: a function's ten, and clocks that differ.
QUIET = 20
_PAGE = 500  # messages that are read at once
_PAGES = 20  # the newest 10,000 messages are counted


def rebuild_row(conversation: Conversation, user_id: str) -> bool:
    """Rebuild a member's row; return whether the conversation was quiet enough for all of it."""
    with suppress(ConversationNotFound):  # not a member any more, or a block
        return retry_lost_races(lambda: _rebuild(conversation.conversation_id, user_id))
    return True


def _rebuild(conversation_id: str, user_id: str) -> bool:
    view, began = find_view(conversation_id, user_id), now()
    row = view.row
    if row and row.has_left:
        return True
    newest, messages = _messages(view)
    if newest and time_of(newest) > began - QUIET:
        recount_unread(conversation_id, user_id)
        return False
    if row is None:
        if not newest and not view.room.is_group:
            return True  # a one-to-one is listed at its first message
        row = ensure_row(view.room, user_id, folder_in(view.room, user_id))
    position = max(row.last_read_message_id or "", view.hidden_to)
    unread = [
        each
        for each in messages
        if each.message_id > position and each.sender_id != user_id and not each.system
    ]
    row.change(*_changes(view, row, messages, unread, began), condition=_is_unchanged(row))
    return True


def _messages(view: View) -> tuple[str | None, list[Message]]:
    """The id of the newest message, and the messages that the member may see, newest first."""
    newest, visible, after = None, [], None
    for _ in range(_PAGES):
        found, after = query(
            Message, view.room.conversation_id, limit=_PAGE, after=after, consistent=True
        )
        newest = newest or (found[0].message_id if found else None)
        visible += [each for each in found if view.shows(each)]
        if after is None or (found and found[-1].message_id <= view.hidden_to):
            break
    return newest, visible


def _changes(
    view: View,
    row: InboxRow,
    messages: Sequence[Message],
    unread: Sequence[Message],
    began: float,
) -> list[Any]:
    # No message was written within the last seconds: the watermark is of a moment after all.
    counted = Watermarks.read(row.counted_seq).recounted(began - QUIET / 2)
    changes: list[Any] = [InboxRow.counted_seq.set(str(counted))]
    if messages:
        changes += [
            InboxRow.last_message_id.set(messages[0].message_id),
            InboxRow.active_at.set(messages[0].created_at),
        ]
    elif row.hidden_to:
        changes += [InboxRow.last_message_id.remove(), InboxRow.active_at.remove()]
    else:
        changes += [
            InboxRow.last_message_id.remove(),
            InboxRow.active_at.set(row.active_at or view.room.created_at),
        ]
    if any(each.sender_id == row.user_id and not each.system for each in messages):
        changes.append(InboxRow.folder.set("inbox"))  # who writes has accepted the conversation
    if not unread:
        return [*changes, *NOTHING_UNREAD]
    changes.append(InboxRow.unread_count.set(len(unread)))
    if not row.unread_since:
        changes += [
            InboxRow.unread_since.set(unread[-1].message_id),
            InboxRow.unread_from.set(unread[-1].sender_id),
        ]
    return changes


def _is_unchanged(row: InboxRow) -> Condition:
    """The condition that nothing was counted, read, hidden or left since the row was read."""
    is_unchanged: Condition = InboxRow.is_there() & InboxRow.has_left.does_not_exist()
    for attribute, value in (
        (InboxRow.counted_seq, row.counted_seq),
        (InboxRow.last_read_message_id, row.last_read_message_id),
        (InboxRow.hidden_to, row.hidden_to),
    ):
        is_unchanged &= attribute == value if value else attribute.does_not_exist()
    return is_unchanged
