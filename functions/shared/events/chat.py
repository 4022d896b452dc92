"""Events of conversations."""

from dataclasses import dataclass

from shared.events.envelopes import Event


@dataclass(frozen=True, slots=True)
class MessageSent(Event):
    """A member sent a message to a conversation; its text stays in the table."""

    type = "message.sent"
    topic = "chat"

    message_id: str
    conversation_id: str
    sender_id: str
    sender_username: str


@dataclass(frozen=True, slots=True)
class MessageDeleted(Event):
    """A message was removed: its sender unsent it, its conversation was deleted, or an
    administrator hid it. What was hidden is removed again when it is not kept any more."""

    type = "message.deleted"
    topic = "chat"

    message_id: str
    conversation_id: str
    sender_id: str
    upload_ids: list[str]  # what it showed; none while it is kept hidden


@dataclass(frozen=True, slots=True)
class MessageReceived(Event):
    """A member has unread messages in a conversation of their inbox, of which this is the first;
    not published if they muted the conversation."""

    type = "message.received"
    topic = "chat"

    user_id: str  # of the member
    conversation_id: str
    message_id: str
    sender_id: str


@dataclass(frozen=True, slots=True)
class ConversationRead(Event):
    """A member has no unread messages in a conversation any more: they read, hid or left it, or
    what was unread was unsent. It undoes the message.received of the same message."""

    type = "conversation.read"
    topic = "chat"

    user_id: str  # of the member
    conversation_id: str
    message_id: str
    sender_id: str
