"""What a message carries, and what it refers to: the message it replies to, the post it shows.

The sender must be able to see what the message refers to at the moment of sending.
"""

from collections.abc import Callable
from typing import Any

from chat.bodies import NewMessage
from chat.models import Conversation, Message
from posts.public import visible_post
from shared.access.caller import Caller
from shared.dynamodb.tables import Found, Key
from shared.errors import MessageNotFound


def contents(draft: NewMessage) -> dict[str, Any]:
    """The attributes of the stored message that follow from the draft."""
    return {
        "type": draft.kind,
        "content": draft.content,
        "shared_post_id": draft.shared_post_id,
        "reply_to_message_id": draft.reply_to_message_id,
    }


def referred_keys(room: Conversation, draft: NewMessage) -> list[Key]:
    """The keys of the items that `check_referred` needs."""
    if draft.reply_to_message_id:
        return [(Message, room.conversation_id, draft.reply_to_message_id)]
    return []


def referred_reads(caller: Caller, draft: NewMessage) -> list[Callable[[], Any]]:
    """Calls, to be made beside the other reads, that raise if the caller may not see what the
    message refers to."""
    if draft.shared_post_id:
        post_id = draft.shared_post_id
        return [lambda: visible_post(caller, post_id)]
    return []


def check_referred(room: Conversation, draft: NewMessage, items: Found) -> None:
    """Raise `MessageNotFound` if the message that the draft replies to is not in the room."""
    if any(key not in items for key in referred_keys(room, draft)):
        raise MessageNotFound
