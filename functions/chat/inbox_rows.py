"""Creating, accepting and hiding a member's row of a conversation."""

from contextlib import suppress

from pynamodb.expressions.condition import Condition

from chat.models import Conversation, InboxRow, Member, Message
from chat.rooms import folder_in
from shared.dynamodb.tables import ConditionFailed, parallel_map, query
from shared.errors import ConversationNotFound, RequestNotFound

# The changes of a row that leave nothing unread.
NOTHING_UNREAD = (
    InboxRow.unread_count.set(0),
    InboxRow.unread_since.remove(),
    InboxRow.unread_from.remove(),
)


def ensure_rows(conversation: Conversation) -> None:
    """Give every member a row, before there is a message, and leave hidden rows as they are."""

    def ensure(member: Member) -> None:
        with suppress(ConversationNotFound):
            is_hidden = InboxRow.hidden_to.exists()
            ensure_row(conversation, member["user_id"], member["folder"], unless=is_hidden)

    parallel_map(ensure, conversation.members)


def ensure_row(
    conversation: Conversation, user_id: str, folder: str, unless: Condition | None = None
) -> InboxRow:
    """Create a member's row unless it exists, and list it; return the stored row. Raises
    `ConversationNotFound` if the member has left, or `unless` holds."""
    is_member = InboxRow.has_left.does_not_exist()
    row = InboxRow(user_id, conversation.conversation_id)
    try:
        row.change(
            InboxRow.folder.set(InboxRow.folder | folder),
            InboxRow.active_at.set(InboxRow.active_at | conversation.created_at),
            InboxRow.unread_count.set(InboxRow.unread_count | 0),
            condition=is_member & ~unless if unless is not None else is_member,
        )
    except ConditionFailed as error:
        raise ConversationNotFound from error
    return row


def accept_row(room: Conversation, user_id: str) -> None:
    """Move a conversation from a member's requests to their inbox; raises `RequestNotFound` unless
    it is there."""
    is_requested = (InboxRow.folder == "requests") & InboxRow.has_left.does_not_exist()
    row = InboxRow(user_id, room.conversation_id)
    try:
        row.change(InboxRow.folder.set("inbox"), condition=is_requested)
    except ConditionFailed as error:
        raise RequestNotFound from error


def hide_row(room: Conversation, user_id: str) -> None:
    """Hide all messages from a member, and the conversation until the next one. Raises
    `ConditionFailed` if a message was counted in the meantime."""
    row = InboxRow.find(user_id, room.conversation_id, consistent=True)
    if row is None:
        row = ensure_row(room, user_id, folder_in(room, user_id))
    # Read after the row, so that it includes all that the row has counted.
    newest, _ = query(Message, room.conversation_id, limit=1, consistent=True)
    hidden_to = max(
        [each.message_id for each in newest] + [row.last_message_id or "", row.hidden_to or ""]
    )
    counted: str | None = row.counted_seq
    changes = [
        *NOTHING_UNREAD,
        InboxRow.active_at.remove(),  # which takes it out of the list
        InboxRow.last_message_id.remove(),
    ]
    if hidden_to:
        changes.append(InboxRow.hidden_to.set(hidden_to))
    row.change(
        *changes,
        condition=InboxRow.counted_seq == counted
        if counted
        else InboxRow.counted_seq.does_not_exist(),
    )
