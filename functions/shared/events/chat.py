"""Events of conversations."""

from dataclasses import dataclass

from shared.events.envelopes import Event


@dataclass(frozen=True, slots=True)
class MessageSent(Event):
    """A member sent a message to a conversation."""

    type = "message.sent"
    topic = "chat"

    message_id: str
    conversation_id: str
    sender_id: str
    sender_username: str  # but no text: that stays in the table
