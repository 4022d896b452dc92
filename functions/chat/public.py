"""What chat offers to other services: members' rows of conversations, a message as one member sees
it, its removal by an administrator, and the export of a person's data."""

from collections.abc import Iterator

from chat.message_removal import push_removal, remove_message, return_message
from chat.models import Conversation, InboxRow, Message
from chat.visible_messages import visible_message
from shared.lifecycle.personal_data import Topic

__all__ = [
    "Conversation",
    "InboxRow",
    "Message",
    "export_of",
    "push_removal",
    "remove_message",
    "return_message",
    "visible_message",
]


def export_of(user_id: str) -> Iterator[Topic]:
    """The topics of a user's data."""
    from chat import personal_data  # late: it needs other services, few importers need it

    return personal_data.export_of(user_id)
