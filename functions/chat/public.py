"""What chat offers to other services: a message as one member sees it, its removal by an
administrator, and the export of a person's data."""

from chat.message_removal import push_removal, remove_message
from chat.models import Conversation, Message
from chat.personal_data import export_of
from chat.visible_messages import visible_message

__all__ = [
    "Conversation",
    "Message",
    "export_of",
    "push_removal",
    "remove_message",
    "visible_message",
]
