"""Find a message by its id alone, for a member of its conversation."""

from chat.models import Conversation, InboxRow, Message
from chat.rooms import find_visible_room
from shared.dynamodb.tables import query
from shared.errors import ConversationNotFound, MessageNotFound
from shared.ids import is_id


def visible_message(message_id: str, user_id: str) -> tuple[Conversation, Message]:
    """The message and its conversation.

    Raises `MessageNotFound` also if the user is not a member or has hidden it, or if one of two
    blocks the other.
    """
    if not is_id(message_id):
        raise MessageNotFound
    places, _ = query(Message.by_id, message_id, limit=1)
    if not places:
        raise MessageNotFound
    conversation_id = places[0].conversation_id
    try:
        room, items = find_visible_room(
            conversation_id, user_id, [(Message, conversation_id, message_id)]
        )
    except ConversationNotFound as error:
        raise MessageNotFound from error
    message = items.get(Message, conversation_id, message_id)
    row = items.get(InboxRow, user_id, conversation_id)
    if message is None or (row and message_id <= (row.hidden_to or "")):
        raise MessageNotFound
    return room, message
