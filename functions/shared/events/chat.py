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
    """A message was removed for good: its sender unsent it, or its conversation was deleted."""

    type = "message.deleted"
    topic = "chat"

    message_id: str
    conversation_id: str
    sender_id: str
    upload_ids: list[str]  # what it showed
