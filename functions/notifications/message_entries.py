"""The entry of a conversation with unread messages: one until the member reads it.

It is that of the message with which they began, so the messages that follow make no other, and
`conversation.read`, which names the same message, withdraws it.
"""

from notifications.entries import new_entry
from notifications.models import Notification
from shared.clock import timestamp
from shared.events.chat import ConversationRead, MessageReceived
from shared.ids import time_of


def message_entry(event: MessageReceived | ConversationRead) -> Notification:
    """The entry that `message.received` creates."""
    at, sender = timestamp(time_of(event.message_id)), (event.sender_id, None)
    return new_entry(event.user_id, "message.received", at, sender, event.conversation_id)
